"""Rows and how they are read and written; one query module per noun."""
