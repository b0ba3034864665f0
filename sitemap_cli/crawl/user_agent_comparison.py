"""A second request with another user agent for a sitemap that is refused: the refusal may depend on it."""

from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Problem, Severity
from sitemap_cli.settings import Settings

DIFFERS = "differs-by-agent"
# Firewalls also close or hang connections, and have statuses of their own: nginx 444, Shopify 430,
# LinkedIn 999.
REFUSING_CODES = frozenset({400, 401, 402, 403, 405, 406, 418, 429, 430, 444, 451, 499, 503, 999})
REFUSING_REASONS = ("challenge", "rate-limited", "connection-closed", "connection-reset", "timeout-read")


async def compare_user_agents(
    response: Response,
    refusal: str,
    settings: Settings,
    fetch_as: Callable[[str], Awaitable[Response]],
    is_served: Callable[[Response], bool],
) -> Response:
    """Return the response, with a problem added if the other user agent gets a 200 instead.

    Args:
        response: the response to our own user agent.
        refusal: what that is instead of what was looked for; "" if nothing is to be compared.
        settings: both user agents; without a second one nothing is compared.
        fetch_as: fetches the same URL with the given user agent.
        is_served: returns whether a complete response to the other user agent has what was looked for.
    """
    other = settings.compare_user_agent
    if not other or not refusal:
        return response
    second = await fetch_as(other)
    try:
        if not second.ok or not is_served(second):
            return response
    finally:
        second.release()
    message = f"{refusal} for {settings.user_agent}, 200 for {other}"
    problem = Problem(DIFFERS, Severity.WARNING, message)
    return replace(response, problems=(*response.problems, problem))


def describe_refusal(response: Response) -> str:
    """Return the status or reason of a response that refuses something; "" for any other one."""
    reason = response.fault.reason if response.fault is not None else None
    is_refused = is_refusal(response.status_code, reason)
    return (reason or str(response.status_code)) if is_refused else ""


def is_refusal(status: int | None, reason: str | None) -> bool:
    """Return whether a response refuses a request, perhaps because of its user agent."""
    return status in REFUSING_CODES or reason in REFUSING_REASONS
