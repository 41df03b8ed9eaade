"""Commands of the operator, one module a subject, for bot/cli.py. Heavy imports wait until one runs."""
