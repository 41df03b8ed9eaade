"""/history: a calendar month, a day with its dose, check-in and notes; and /undo for the last action."""
