"""Which failures may pass, and how long to wait before another try."""

import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import stamina
from msgspec.structs import replace
from stamina.instrumentation import set_on_retry_hooks

from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.fetch_errors import sanitize_message
from sitemap_cli.fetch.interface import Response
from sitemap_cli.fetch.transport.exchange import Answer
from sitemap_cli.model.values import Fault

MAX_RETRY_AFTER = 60.0
TOO_MANY_REQUESTS, UNAVAILABLE = 429, 503
PASSING_STATUS = frozenset({408, 429, *range(500, 600)})
PASSING_FAULTS = frozenset(
    {
        "connection-closed",
        "connection-failed",
        "connection-refused",
        "connection-reset",
        "dns-failure",
        "timeout-connect",
        "timeout-read",
    }
)
SECONDS = re.compile(r"[0-9]{1,18}")

# Otherwise every retry is written to stderr as a log line: the row of the document tells it anyway.
set_on_retry_hooks(())


class _PassingError(Exception):
    """The last try failed for a reason that may pass."""


async def persist(attempt: Callable[[], Awaitable[Answer]], *, retries: int, deadline: Deadline) -> Response:
    """Try until it works, fails for good, or has failed too often.

    Waits between tries grow exponentially and are jittered; a server that names a time is obeyed as
    long as that is at most a minute and before the deadline, and otherwise left alone.
    """
    first = await attempt()
    # Nearly always that is all, and none of the machinery for more is set up.
    if not _may_pass(first.fetched):
        return first.fetched
    tries = await _further([first], attempt, retries, deadline)
    told = _telling(tries)
    return replace(told.fetched, attempts=len(tries), fault=told.fetched.fault or _rate_limited(told))


async def _further(
    tries: list[Answer], attempt: Callable[[], Awaitable[Answer]], retries: int, deadline: Deadline
) -> list[Answer]:
    """The first try, which failed, and those after it."""
    remembered = iter(tries[:])

    async def once() -> None:
        if (answer := next(remembered, None)) is None:
            tries.append(answer := await attempt())
        if _may_pass(answer.fetched):
            raise _PassingError

    def wait(error: Exception) -> bool | float:
        return isinstance(error, _PassingError) and _wait(tries[-1].retry_after, deadline.left)

    backoff = stamina.AsyncRetryingCaller(
        attempts=retries + 1, timeout=None, wait_initial=0.2, wait_max=5.0, wait_jitter=0.5
    )
    with suppress(_PassingError):
        await backoff(wait, once)
    return tries


def rest_asked_for(answer: Answer) -> float:
    """The seconds to leave the host of an answer alone: what it asks for, or 0 if that is too much."""
    seconds = _seconds_left_alone(answer)
    return seconds if seconds <= MAX_RETRY_AFTER else 0.0


def seconds_asked_for(value: str | None, now: datetime) -> float | None:
    """The seconds that a ``Retry-After`` header means, or nothing when it means nothing.

    https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
    """
    if value is None:
        return None
    if SECONDS.fullmatch(value.strip()):
        return float(value)
    try:
        date = parsedate_to_datetime(value)
    except (ValueError, OverflowError, IndexError):
        return None
    aware = date if date.tzinfo is not None else date.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


def _telling(tries: list[Answer]) -> Answer:
    """The last try, unless it only ran out of time where one before it had seen what is wrong."""
    last = tries[-1].fetched
    ran_out = last.fault is not None and last.fault.reason == "deadline" and last.body is None
    return tries[-2] if ran_out and len(tries) > 1 else tries[-1]


def _rate_limited(answer: Answer) -> Fault | None:
    """That the server turned us away only because of how often it is asked, if it did."""
    seconds, said = _seconds_left_alone(answer), answer.retry_after
    if not seconds and answer.fetched.status_code != TOO_MANY_REQUESTS:
        return None
    asks = f"to be left alone for {seconds:,.0f} s" if seconds else "for fewer requests"
    words = "" if said is None else f" (Retry-After: {said})"
    return Fault("rate-limited", sanitize_message(f"the server asks {asks}{words}"))


def _seconds_left_alone(answer: Answer) -> float:
    """What ``Retry-After`` says where it is about how often we ask; 0 when it says nothing."""
    if answer.fetched.status_code not in (TOO_MANY_REQUESTS, UNAVAILABLE):
        return 0.0
    return seconds_asked_for(answer.retry_after, datetime.now(UTC)) or 0.0


def _may_pass(fetched: Response) -> bool:
    if fetched.body is not None:
        return False
    if fetched.fault is not None:
        return fetched.fault.reason in PASSING_FAULTS
    return fetched.status_code in PASSING_STATUS


def _wait(retry_after: str | None, left: float) -> bool | float:
    """How long to wait; ``True`` for as long as the backoff says, ``False`` for no further try."""
    seconds = seconds_asked_for(retry_after, datetime.now(UTC))
    if not seconds:
        return left > 0
    return seconds if seconds <= min(MAX_RETRY_AFTER, left) else False
