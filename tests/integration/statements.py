"""The SQL statements that a block runs, on any database."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def listing_statements() -> Iterator[list[str]]:
    """Give a list that gets the statements of all connections while the block runs."""
    statements = list[str]()

    def add(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(Engine, "before_cursor_execute", add)
    try:
        yield statements
    finally:
        event.remove(Engine, "before_cursor_execute", add)
