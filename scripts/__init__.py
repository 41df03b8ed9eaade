"""Tools for those who work on the bot; nothing here runs with it."""
