"""Says what the bot can do, what is known about LDN, what is stored; answers what nothing else understood."""
