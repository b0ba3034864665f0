"""Retries: which failures are transient, and how long the waits are."""

import asyncio
from datetime import UTC, datetime

import pytest
import stamina

from sitemap_cli.fetch import retry
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.interface import Response
from sitemap_cli.fetch.transport.exchange import HopResponse
from sitemap_cli.model.values import Fault

NOW = datetime(2026, 1, 1, 12, 0, 0, tzinfo=UTC)


def status(code, retry_after=None):
    return HopResponse(Response("u", "u", status_code=code), retry_after=retry_after)


def fault(reason):
    return HopResponse(Response("u", "u", fault=Fault(reason, "")))


async def run(*answers, retries=2, seconds=60.0):
    """Return the response and the number of requests."""
    following = iter(answers)

    async def attempt():
        return next(following)

    with stamina.set_testing(True, attempts=100, cap=True):
        result = await retry.fetch_with_retries(attempt, retries=retries, deadline=Deadline(seconds))
    return result, len(answers) - len(list(following))


async def test_a_transient_failure_without_hope_is_not_retried():
    async def attempt():
        return fault("timeout-read")

    result = await retry.fetch_with_retries(
        attempt, retries=2, deadline=Deadline(60.0), is_hopeless=lambda failed: failed.fault is not None
    )
    assert result.attempts == 1


@pytest.mark.parametrize("code", [408, 429, 500, 502, 503, 504, 599])
async def test_a_transient_status_is_retried(code):
    result, requests = await run(status(code), status(code), status(200), status(200))
    assert (result.status_code, result.attempts, requests) == (200, 3, 3)


@pytest.mark.parametrize("code", [200, 204, 301, 304, 400, 401, 403, 404, 410, 451, 999])
async def test_other_status_codes_are_not_retried(code):
    result, requests = await run(status(code), status(200))
    assert (result.status_code, result.attempts, requests) == (code, 1, 1)


@pytest.mark.parametrize("reason", sorted(retry.TRANSIENT_FAULTS))
async def test_a_transient_fault_is_retried(reason):
    result, _ = await run(fault(reason), status(200))
    assert (result.status_code, result.attempts) == (200, 2)


@pytest.mark.parametrize(
    "reason", ["dns-nxdomain", "tls-error", "blocked-address", "protocol-error", "deadline"]
)
async def test_a_permanent_fault_is_not_retried(reason):
    result, requests = await run(fault(reason), status(200))
    assert (result.fault.reason, requests) == (reason, 1)


@pytest.mark.parametrize("retries", [0, 1, 2, 5])
async def test_the_number_of_retries_is_limited(retries):
    result, requests = await run(*[status(503)] * 10, retries=retries)
    assert (result.status_code, result.attempts, requests) == (503, retries + 1, retries + 1)


async def test_a_final_timeout_does_not_hide_an_earlier_reason():
    result, requests = await run(fault("timeout-read"), fault("deadline"), status(200))
    assert (result.fault.reason, result.attempts, requests) == ("timeout-read", 2, 2)


@pytest.mark.parametrize("value", ["61", "99999999", "999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
async def test_a_long_retry_after_ends_the_retries(value):
    result, requests = await run(status(429, value), status(200))
    assert (result.status_code, requests) == (429, 1)


@pytest.mark.parametrize(
    ("code", "value", "message"),
    [
        (429, None, "the server reports too many requests"),
        (429, "soon", "the server reports too many requests (Retry-After: soon)"),
        (429, "-5", "the server reports too many requests (Retry-After: -5)"),
        (429, "a\x1bb\u202e", "the server reports too many requests (Retry-After: a\\x1bb\\u202e)"),
        (429, "3600", "the server requests a pause of 3,600 s (Retry-After: 3600)"),
        (503, "120", "the site says it is back in 120 s (Retry-After: 120)"),
        (503, "7200", "the site says it is back in 7,200 s (Retry-After: 7200)"),
        (503, "0", None),
        (503, "soon", None),
        (503, None, None),
        (500, "120", None),
        (404, "120", None),
    ],
)
async def test_a_server_that_says_when_to_come_back_is_a_fault(code, value, message):
    result, _ = await run(*[status(code, value)] * 9)
    assert result.status_code == code
    assert (result.fault and (result.fault.reason, result.fault.message)) == (
        message and ("unavailable" if code == 503 else "rate-limited", message)
    )


async def test_only_the_last_attempt_decides_the_fault():
    assert (await run(status(429), status(200)))[0].fault is None
    assert (await run(status(503), status(429), retries=1))[0].fault.reason == "rate-limited"
    assert (await run(status(429), status(503), retries=1))[0].fault is None
    assert (await run(status(429, "1"), fault("deadline")))[0].fault.reason == "rate-limited"


@pytest.mark.parametrize("code", [429, 503, 403])
async def test_a_browser_check_is_not_retried(code):
    challenge = HopResponse(
        Response("u", "u", status_code=code, fault=Fault("challenge", "")), retry_after="1"
    )
    result, requests = await run(challenge, status(200))
    assert (result.fault.reason, requests) == ("challenge", 1)


async def test_no_retry_waits_beyond_the_deadline():
    assert (await run(status(503, "30"), status(200), seconds=20))[1] == 1
    assert (await run(status(503, "10"), status(200), seconds=20))[1] == 2
    assert (await run(status(503), status(200), seconds=-1))[1] == 1


async def test_retry_after_replaces_the_backoff(monkeypatch):
    slept = []
    real = asyncio.sleep

    async def sleep(seconds):
        slept.append(seconds)
        await real(0)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    answers = iter([status(429, "7"), status(503), status(200)])

    async def attempt():
        return next(answers)

    result = await retry.fetch_with_retries(attempt, retries=2, deadline=Deadline(60))
    assert result.status_code == 200
    assert slept[0] == 7.0
    assert 0.2 <= slept[1] <= 5.0


@pytest.mark.parametrize(
    ("code", "value", "seconds"),
    [
        (429, "7", 7),
        (503, " 60 ", 60),
        (429, "61", 0),
        (429, "99999999", 0),
        (429, "0", 0),
        (503, "-5", 0),
        (503, None, 0),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", 0),
        (500, "7", 0),
        (200, "7", 0),
        (301, "7", 0),
    ],
)
def test_a_host_is_paused_for_at_most_a_minute(code, value, seconds):
    assert retry.parse_requested_pause(status(code, value)) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("0", 0.0),
        ("120", 120.0),
        (" 5 ", 5.0),
        ("-5", None),
        ("1e400", None),
        ("1e3", None),
        ("inf", None),
        ("nan", None),
        ("0x10", None),
        ("1.5", None),
        ("+5", None),
        ("٣", None),
        ("9" * 5000, None),
        ("soon", None),
        ("", None),
        ("Thu, 01 Jan 2026 12:00:30 GMT", 30.0),
        ("Thu, 01 Jan 2026 12:00:30 -0000", 30.0),
        ("Thursday, 01-Jan-26 12:00:30 GMT", 30.0),
        ("Thu Jan  1 12:00:30 2026", 30.0),
        ("Thu, 01 Jan 2026 12:00:30", 30.0),
        ("Thu, 01 Jan 2026 11:00:00 GMT", 0.0),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251_613_086_399.0),
        ("Fri, 99 Foo 99999 99:99:99 GMT", None),
        ("Thu, 01 Jan 0001 00:00:00 +2359", 0.0),
    ],
)
def test_retry_after_is_parsed_in_both_forms_or_ignored(value, seconds):
    got = retry.parse_retry_after(value, NOW)
    assert got == seconds or (seconds is not None and got == pytest.approx(seconds, rel=0.01))
