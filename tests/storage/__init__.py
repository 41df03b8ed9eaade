"""Tables, migrations, sealing, moving, on both databases."""
