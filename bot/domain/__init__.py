"""What holds for every patient: pure rules, no I/O, no clock, no Telegram, no SQL.

doses        regimen titration start_choice due dose dose_log dose_view spacing pause delivery
check-ins    checkin checkin_words checkin_walk checkin_calendar checkin_echo side_effect
safety       safety (every text) safety_words/ safety_matching safety_alerts safety_help evidence consent
numbers      span summary_facts summary pain_change stage comparison student_t
             running_mean diary doctor_page
the rest     event event_words supply dated places slips zone_choice
free_text/   what patients type, read without guessing
"""
