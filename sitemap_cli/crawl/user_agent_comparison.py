"""Asks once more, under another name, for a sitemap that we are refused: perhaps it is for our name only."""

from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Problem, Severity
from sitemap_cli.settings import Settings

REFUSING = frozenset({401, 403, 406, 429, 503})
WALLS = ("challenge", "rate-limited")


async def compare_user_agents(
    fetched: Response, settings: Settings, ask: Callable[[str], Awaitable[Response]]
) -> Response:
    """What an address answered, with a problem if it answers 200 to the agent that the user wants compared.

    Args:
        fetched: what it answered to us.
        settings: who we are, and whom to compare with.
        ask: asks the same address under another name.
    """
    other = settings.compare_user_agent
    if not other or not _is_refusal(fetched):
        return fetched
    second = await ask(other)
    second.release()
    if not second.ok:
        return fetched
    first = fetched.status_code if fetched.fault is None else fetched.fault.reason
    message = f"{first} for {settings.user_agent}, 200 for {other}"
    told = Problem("differs-by-agent", Severity.WARNING, message)
    return replace(fetched, problems=(*fetched.problems, told))


def _is_refusal(fetched: Response) -> bool:
    return fetched.status_code in REFUSING or (fetched.fault is not None and fetched.fault.reason in WALLS)
