"""Repeat work that a lost connection or another transaction cut off."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sitemap_cli.errors import ConflictError, ConnectionLostError

TRIES = 3

log = logging.getLogger(__name__)

T = TypeVar("T")


async def try_again(work: Callable[[], Awaitable[T]]) -> T:
    """Do work that is one transaction, or begins with one that undoes what was left of an earlier attempt.

    It is repeated if the connection was lost, which waits for the server to return, and if the database ended
    its transaction because of another one, as in a deadlock.

    Raises:
        ConnectionLostError: the server stays away, or the connection was lost each time.
        ConflictError: another transaction was in the way each time.
    """
    for left in reversed(range(TRIES)):
        try:
            return await work()
        except (ConnectionLostError, ConflictError) as error:
            if not left:
                raise
            log.info("trying again: %s", error)
    raise AssertionError
