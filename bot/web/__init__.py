"""What listens on HTTP: the webhook and the health page."""
