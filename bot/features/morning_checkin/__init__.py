"""The morning check-in: a few taps a day about pain, sleep and side effects, in one message.

delivery                        when it comes by itself
handlers presses texts typed    buttons and typed texts, read as steps of the walk (domain/checkin_walk.py)
actions opening walks           what happens, which check-in is meant, its row as a walk and back
dose_answer alerts              Q0 is logged on the dose; side effects that call for a safety text
messages keyboards show         what is said, the buttons, how both reach the chat
"""
