"""One folder per thing the bot does for a patient; features don't import each other."""
