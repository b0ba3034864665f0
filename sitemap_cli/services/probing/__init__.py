"""Recording and selection of probed pages; every coroutine takes an active session first."""
