"""Facts that audit rules need, gathered from the database; every coroutine takes an active session first."""
