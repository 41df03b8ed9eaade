"""/travel: keep home's clock or move to the local one, asked and never assumed; the way back by itself."""
