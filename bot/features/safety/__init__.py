"""Safety words: every typed text is read for them, and answered before anything else; holds on the doses."""
