"""/settings: every time, zone, question and rhythm, on one overview that opens small screens.

handlers flow actions fields    buttons and typed words; what follows; which change belongs to which field
plan_changes diary_changes reminder_changes    what can be changed, and why something can't
messages screens                the overview and the test reminder; one small screen a field
"""
