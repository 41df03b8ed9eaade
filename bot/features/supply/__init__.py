"""/supply: what the patient has at home, how long it lasts by the plan, and a warning in time."""
