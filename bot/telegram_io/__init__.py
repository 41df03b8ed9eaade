"""The edge to Telegram: updates come in, messages go out, at the allowed rate."""
