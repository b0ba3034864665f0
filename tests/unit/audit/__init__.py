"""Rules over facts, without a database."""
