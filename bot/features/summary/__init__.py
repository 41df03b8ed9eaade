"""Sums up a span of the diary: /summary, and by itself once a week."""
