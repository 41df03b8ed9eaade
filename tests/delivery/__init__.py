"""What is due goes out once, in time, and is recorded."""
