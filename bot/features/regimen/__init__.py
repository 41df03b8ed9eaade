"""/dose, /pause and /resume: the patient's own titration and its pauses. No amount is ever computed.

handlers flow plan              the doors; how screens follow each other; the plan as they see it
changing typed drafts           /dose: buttons, typed words, a change on its way from read-back to saved
screens words history           its screens, shared words, what the plan was before each change
pausing pauses                  /pause and /resume: buttons and typed days; the rows that begin and end
pause_screens pause_words       their screens
"""
