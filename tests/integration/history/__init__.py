"""What changed between jobs, with a real database."""
