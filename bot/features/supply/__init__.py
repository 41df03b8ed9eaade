"""/supply: what the patient has at home, how long it lasts by the plan, and a warning in time.

handlers typed setup dialogue    buttons, typed words, the first count; what the next words are for
stock actions                    what there is, read from the ledger; what changes it
delivery warnings                when something is said unasked, and what
messages asking words            screens, questions, names and numbers
"""
