"""Rules about indexes and whole sites."""
