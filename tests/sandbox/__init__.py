"""The sandbox's Bot API behaves as Telegram's, and its page as a chat."""
