"""What is stored (/privacy), consent to a new text, and leaving (/delete): in 24 hours, or at once."""
