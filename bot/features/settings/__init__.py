"""/settings: every time, zone, question, rhythm and amount, on one overview that opens small screens."""
