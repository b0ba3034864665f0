"""Retries: which failures are transient, and how long to wait before the next attempt."""

import logging
import re
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from msgspec.structs import replace

from sitemap_cli.events import log_event
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.fetch_errors import sanitize_message
from sitemap_cli.fetch.interface import Response
from sitemap_cli.fetch.transport.exchange import HopResponse
from sitemap_cli.model.values import Fault

log = logging.getLogger(__name__)

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
SILENT_FAULTS = frozenset({"timeout-connect", "timeout-read"})
# These cut a body off quickly. What arrived is kept unless another attempt brings more.
CUTTING_FAULTS = frozenset({"connection-reset", "incomplete-body"})
SECONDS = re.compile(r"[0-9]{1,18}")


class _TransientError(Exception):
    """A failure of the last attempt that may go away."""


async def fetch_with_retries(
    send: Callable[[], Awaitable[HopResponse]],
    *,
    retries: int,
    deadline: Deadline,
    is_hopeless: Callable[[Response], bool] = lambda _: False,
) -> Response:
    """Send a request until it succeeds, fails permanently, or has failed too often.

    The waits between attempts grow exponentially, with jitter. A ``Retry-After`` of at most a minute that
    ends before the deadline is respected; after a longer one there is no further attempt. Of bodies that were
    cut off, the longest is kept; if two attempts end at the same byte, so would a third.

    Args:
        send: makes one attempt.
        retries: how many attempts may follow the first one.
        deadline: when to give up.
        is_hopeless: whether a transient failure needs no other attempt.
    """
    attempts = [await send()]
    # Most requests end here, so the cost of setting up stamina is avoided.
    if not _is_transient(attempts[0].response) or is_hopeless(attempts[0].response):
        return attempts[0].response
    try:
        await _retry(attempts, send, retries, deadline)
    except BaseException:
        _release_others(attempts, None)
        raise
    final = _choose_final(attempts)
    _release_others(attempts, final)
    fault = final.response.fault or _build_pause_fault(final)
    return replace(final.response, attempts=len(attempts), fault=fault)


async def _retry(
    attempts: list[HopResponse], send: Callable[[], Awaitable[HopResponse]], retries: int, deadline: Deadline
) -> None:
    """Append further attempts to the first one, which failed."""
    import stamina
    from stamina.instrumentation import set_on_retry_hooks

    # By default, stamina logs every retry to stderr. The attempts are recorded with the document instead.
    set_on_retry_hooks(())

    def choose_wait(error: Exception) -> bool | float:
        if not isinstance(error, _TransientError):
            return False
        return _choose_wait(attempts[-1].retry_after, deadline.seconds_left)

    backoff = stamina.retry_context(
        on=choose_wait,
        attempts=retries + 1,
        timeout=None,
        wait_initial=0.2,
        wait_max=5.0,
        wait_jitter=0.5,
    )
    ended = time.monotonic()
    with suppress(_TransientError):
        async for attempt in backoff:
            with attempt:
                if attempt.num > 1:  # the first attempt has been made by the caller
                    _log_retry(attempts[-1].response, attempt.num, time.monotonic() - ended)
                    attempts.append(await send())
                    ended = time.monotonic()
                if _is_transient(attempts[-1].response) and not _is_repeated(attempts):
                    raise _TransientError


def _log_retry(failed: Response, number: int, waited: float) -> None:
    reason = failed.fault.reason if failed.fault else str(failed.status_code)
    if log.isEnabledFor(logging.DEBUG):
        message = f"retry {failed.url} after {reason} and {waited:.1f} s, attempt {number}"
        fields = {"url": failed.url, "reason": reason, "attempt": number, "seconds": round(waited, 3)}
        log_event(log, logging.DEBUG, "retry", message, **fields)


def parse_requested_pause(attempt: HopResponse) -> float:
    """Return the seconds for which the server requests a pause, or 0 if it requests more than a minute."""
    seconds = _parse_pause(attempt)
    return seconds if seconds <= MAX_RETRY_AFTER else 0.0


def parse_retry_after(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a ``Retry-After`` header means, or None if it is missing or invalid.

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


def _choose_final(attempts: list[HopResponse]) -> HopResponse:
    """Return the last attempt, or the one before it if the last one only ran out of time.

    If the last one failed, an earlier one that brought more of the body is returned.
    """
    last = attempts[-1].response
    longest = max(attempts, key=lambda each: each.response.bytes)
    if longest.response.bytes > last.bytes and (last.fault is not None or last.body is None):
        return longest
    ran_out = last.fault is not None and last.fault.reason == "deadline" and last.body is None
    return attempts[-2] if ran_out and len(attempts) > 1 else attempts[-1]


def _build_pause_fault(attempt: HopResponse) -> Fault | None:
    """Return the fault of a response that says when to come back.

    A 503 is an outage for everyone, such as maintenance; a 429 is a limit on our requests:
    https://www.rfc-editor.org/rfc/rfc9110#section-15.6.4 and https://www.rfc-editor.org/rfc/rfc6585#section-4
    """
    seconds, code = _parse_pause(attempt), attempt.response.status_code
    quoted = "" if attempt.retry_after is None else f" (Retry-After: {attempt.retry_after})"
    if code == TOO_MANY_REQUESTS:
        what = f"requests a pause of {seconds:,.0f} s" if seconds else "reports too many requests"
        return Fault("rate-limited", sanitize_message(f"the server {what}{quoted}"))
    if seconds:
        message = f"the site says it is back in {seconds:,.0f} s{quoted}"
        return Fault("unavailable", sanitize_message(message))
    return None


def _parse_pause(attempt: HopResponse) -> float:
    """Return the seconds of ``Retry-After`` if the status code asks to come back later, else 0."""
    if attempt.response.status_code not in (TOO_MANY_REQUESTS, UNAVAILABLE):
        return 0.0
    return parse_retry_after(attempt.retry_after, datetime.now(UTC)) or 0.0


def _release_others(attempts: list[HopResponse], kept: HopResponse | None) -> None:
    for each in attempts:
        if each is not kept:
            each.response.release()


def _is_transient(response: Response) -> bool:
    reason = response.fault.reason if response.fault is not None else None
    if reason in CUTTING_FAULTS or response.body is not None:
        return reason in CUTTING_FAULTS
    return response.status_code in TRANSIENT_STATUS if reason is None else reason in TRANSIENT_FAULTS


def _is_repeated(attempts: list[HopResponse]) -> bool:
    """Return whether the last two attempts brought the same part of a body."""
    digests = [each.response.digest for each in attempts[-2:]]
    return len(digests) > 1 and digests[0] is not None and digests[0] == digests[1]


def _choose_wait(retry_after: str | None, seconds_left: float) -> bool | float:
    """Return the seconds to wait, True to follow the backoff, or False to give up."""
    seconds = parse_retry_after(retry_after, datetime.now(UTC))
    if not seconds:
        return seconds_left > 0
    return seconds if seconds <= min(MAX_RETRY_AFTER, seconds_left) else False
