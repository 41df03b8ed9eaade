"""The pure rules, mostly as tables and properties."""
