"""/note: what else happened: medicines started and stopped, illness, stress, flares, periods."""
