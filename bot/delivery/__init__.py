"""Every message the bot owes a patient is a row: planned, claimed, sent, recorded."""
