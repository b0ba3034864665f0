"""Recording of jobs, sitemaps and documents; every coroutine takes an active session first."""
