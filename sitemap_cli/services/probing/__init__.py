"""Storing and selecting probed pages; every coroutine takes an active session first."""
