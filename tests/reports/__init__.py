"""Pictures and documents, against pictures that were looked at."""
