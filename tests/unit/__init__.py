"""One layer at a time: no network, no disk."""
