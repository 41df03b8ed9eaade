"""My data (/export): everything as JSON or as tables, and taking in what another bot gave."""
