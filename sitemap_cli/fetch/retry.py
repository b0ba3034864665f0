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
from sitemap_cli.fetch.transport.exchange import HopResponse
from sitemap_cli.model.values import Fault

MAX_RETRY_AFTER = 60.0
TOO_MANY_REQUESTS, UNAVAILABLE = 429, 503
TRANSIENT_STATUS = frozenset({408, 429, *range(500, 600)})
TRANSIENT_FAULTS = frozenset(
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


class _TransientError(Exception):
    """The last try failed for a reason that may pass."""


async def fetch_with_retries(
    attempt: Callable[[], Awaitable[HopResponse]], *, retries: int, deadline: Deadline
) -> Response:
    """Try until it works, fails for good, or has failed too often.

    Waits between tries grow exponentially and are jittered; a server that names a time is obeyed as
    long as that is at most a minute and before the deadline, and otherwise left alone.
    """
    first = await attempt()
    # Nearly always that is all, and none of the machinery for more is set up.
    if not _is_transient(first.response):
        return first.response
    tries = await _retry([first], attempt, retries, deadline)
    told = _choose_final(tries)
    return replace(
        told.response, attempts=len(tries), fault=told.response.fault or _build_rate_limit_fault(told)
    )


async def _retry(
    tries: list[HopResponse], attempt: Callable[[], Awaitable[HopResponse]], retries: int, deadline: Deadline
) -> list[HopResponse]:
    """The first try, which failed, and those after it."""
    remembered = iter(tries[:])

    async def once() -> None:
        if (answer := next(remembered, None)) is None:
            tries.append(answer := await attempt())
        if _is_transient(answer.response):
            raise _TransientError

    def wait(error: Exception) -> bool | float:
        return isinstance(error, _TransientError) and _choose_wait(
            tries[-1].retry_after, deadline.seconds_left
        )

    backoff = stamina.AsyncRetryingCaller(
        attempts=retries + 1, timeout=None, wait_initial=0.2, wait_max=5.0, wait_jitter=0.5
    )
    with suppress(_TransientError):
        await backoff(wait, once)
    return tries


def find_requested_pause(answer: HopResponse) -> float:
    """The seconds to leave the host of an answer alone: what it asks for, or 0 if that is too much."""
    seconds = _retry_after_seconds(answer)
    return seconds if seconds <= MAX_RETRY_AFTER else 0.0


def parse_retry_after(value: str | None, now: datetime) -> float | None:
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


def _choose_final(tries: list[HopResponse]) -> HopResponse:
    """The last try, unless it only ran out of time where one before it had seen what is wrong."""
    last = tries[-1].response
    ran_out = last.fault is not None and last.fault.reason == "deadline" and last.body is None
    return tries[-2] if ran_out and len(tries) > 1 else tries[-1]


def _build_rate_limit_fault(answer: HopResponse) -> Fault | None:
    """That the server turned us away only because of how often it is asked, if it did."""
    seconds, said = _retry_after_seconds(answer), answer.retry_after
    if not seconds and answer.response.status_code != TOO_MANY_REQUESTS:
        return None
    asks = f"to be left alone for {seconds:,.0f} s" if seconds else "for fewer requests"
    words = "" if said is None else f" (Retry-After: {said})"
    return Fault("rate-limited", sanitize_message(f"the server asks {asks}{words}"))


def _retry_after_seconds(answer: HopResponse) -> float:
    """What ``Retry-After`` says where it is about how often we ask; 0 when it says nothing."""
    if answer.response.status_code not in (TOO_MANY_REQUESTS, UNAVAILABLE):
        return 0.0
    return parse_retry_after(answer.retry_after, datetime.now(UTC)) or 0.0


def _is_transient(fetched: Response) -> bool:
    if fetched.body is not None:
        return False
    if fetched.fault is not None:
        return fetched.fault.reason in TRANSIENT_FAULTS
    return fetched.status_code in TRANSIENT_STATUS


def _choose_wait(retry_after: str | None, left: float) -> bool | float:
    """How long to wait; ``True`` for as long as the backoff says, ``False`` for no further try."""
    seconds = parse_retry_after(retry_after, datetime.now(UTC))
    if not seconds:
        return left > 0
    return seconds if seconds <= min(MAX_RETRY_AFTER, left) else False
