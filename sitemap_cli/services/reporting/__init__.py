"""Results that scripts and people read; every coroutine takes an active session first."""
