"""What changes between two templates, and what that does to a stack and its data."""
