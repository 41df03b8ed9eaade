"""/dates: a blood test, an appointment, a prescription; a day before and on the day, in the daytime."""
