"""Enrolment (/start): what this is, consent, zone, times, dose, start; one screen at a time, resumable.

handlers flow                    buttons, typed words, a location; which screen follows
draft answers actions            what was said so far, what an answer does to it, the plan that comes of it
messages pickers review done     the screens, in the order in which they come
"""
