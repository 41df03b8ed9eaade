"""The page for the doctor: what goes on it, a preview, a PDF. /report, and a button under every summary."""
