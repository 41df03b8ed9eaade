"""A patient's rows as one plain document, and back: what /export gives and another operator's bot takes in.

columns.py   which tables and columns there are, and what may stand in each: from SQLAlchemy's metadata
words.py     what the metadata doesn't say: the words and numbers that a column may hold
reading.py   rows -> document
checking.py  document -> rows that are safe to keep, or one sentence for each mistake
taking_in.py the rows into the database
schema.py    the same as a JSON Schema
"""

FORMAT = "ldn-companion diary"
VERSION = 1
