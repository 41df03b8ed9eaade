"""Anything typed, sent or imported, read by every parser: none raises what it doesn't announce."""
