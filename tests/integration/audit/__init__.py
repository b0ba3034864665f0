"""Rules over whole sites, with a real database."""
