"""The edge to Telegram: polling, pace, requests."""
