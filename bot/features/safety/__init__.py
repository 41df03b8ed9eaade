"""Safety words: read in every typed text, answered before anything else; holds on the doses; /card."""
