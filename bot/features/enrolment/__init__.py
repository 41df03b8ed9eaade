"""Enrolment (/start): what this is, consent, zone, times, dose, start; one screen at a time, resumable."""
