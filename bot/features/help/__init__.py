"""/help and /about: what the bot can do, what is known about LDN; the answer to what nothing understood."""
