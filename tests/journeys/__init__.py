"""A patient's weeks, from /start to the summary."""
