"""Real databases, real transactions."""
