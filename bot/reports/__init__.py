"""What leaves the bot as a document (charts, doctor report, exports come with their issues)."""
