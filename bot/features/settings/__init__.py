"""/settings: every time, zone, question and rhythm, on one overview that opens small screens."""
