"""Properties of the whole bot: any button, any text, any time, any update."""
