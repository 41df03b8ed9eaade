"""What listens on HTTP: the webhook and the pages for health and numbers."""
