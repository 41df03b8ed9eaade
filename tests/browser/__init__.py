"""The chat page in a real browser: what a visitor sees, and can reach with a keyboard."""
