"""Domains, batches and schedules that a user manages; every coroutine takes an active session first."""
