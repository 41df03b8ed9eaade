"""Rows and how they are read and written; one query module per noun.

tables/ types migrate migrations/           the tables, and how they came about
database dialects ahead paging              transactions; many rows at once
sealing keys rotation                       what patients wrote is sealed
deliveries claims inbox heartbeats budget   what goes out and comes in
changes undo                                what stood there before, and the way back
access invites erasing tombstones tidying   who comes in, who leaves, what grows old
backup_file sqlite_snapshot postgresql_snapshot moving portable/    all rows, or one patient's, elsewhere
places places_data/                         cities and their time zones
patients plans doses checkins events ...    the others: a noun of the diary each
"""
