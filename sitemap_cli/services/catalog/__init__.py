"""Domains, batches and schedules of the user; every coroutine takes an active session first."""
