"""/dose, /pause and /resume: the patient's own titration and its pauses. No amount is ever computed."""
