"""Ids, and queries that several services use; every coroutine takes an active session first."""
