"""The bot's own HTTP: the webhook, /healthz and /metrics, and asking a running bot how it is."""
