"""Events of the log: what happened, its fields, and the job in which it happened."""

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_job: ContextVar[Mapping[str, str]] = ContextVar("sitemap_job", default={})  # noqa: B039 - never changed


@contextmanager
def name_job(job_id: str, domain: str) -> Iterator[None]:
    """Add the job to every log record of the block, and of the tasks that it starts."""
    token = _job.set({"job_id": job_id, "domain": domain})
    try:
        yield
    finally:
        _job.reset(token)


def get_job_fields() -> Mapping[str, str]:
    """Return ``job_id`` and ``domain`` of the job at work; empty outside of a job."""
    return _job.get()


def log_event(log: logging.Logger, level: int, event: str, message: str, **fields: Any) -> None:
    """Log an event with its fields; callers in hot places check ``log.isEnabledFor`` first."""
    log.log(level, "%s", message, extra={"event": event, "fields": fields})
