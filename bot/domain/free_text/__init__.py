"""What patients type, read without guessing: times, amounts, dates, spans, and words about doses and days."""
