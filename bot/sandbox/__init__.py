"""A Bot API server and a chat page on loopback: try the bot with no token, travel in time."""
