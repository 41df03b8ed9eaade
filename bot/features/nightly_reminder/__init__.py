"""The nightly reminder, what a patient answers to it, and /today: "did I take it?".

planning alert delivery      which doses there are, which message about each comes when
messages messages_logged     what is asked about an open dose; what is said once it is answered
handlers typed correction    buttons, typed words, the questions "when?" and "how much?"
actions facts saying         the dose's row changes; what messages need of it; how an answer reaches the chat
today words                  /today; names of doses
"""
