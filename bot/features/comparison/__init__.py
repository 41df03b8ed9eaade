"""/compare: one stage of the treatment beside another, in numbers with an honest margin."""
