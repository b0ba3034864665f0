"""Makes the n-th thing that a program asks of its database go wrong; ``python -m tests.faults`` tries all."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from sitemap_cli.storage.aiosqlite_connection import Connection


@dataclass
class Faults:
    """Counts every execute, flush, COPY and commit; the n-th calls ``action``.

    With ``after_commit`` a commit calls it when it is done, as if the answer of the server were lost.
    """

    nth: int | None = None
    action: Callable[[str], None] | None = None
    after_commit: bool = False
    seen: list[str] = field(default_factory=list)

    def strike(self, what: str) -> None:
        self.seen.append(what)
        if not (self.after_commit and what == "commit"):
            self._act(what)

    def strike_after_commit(self) -> None:
        if self.after_commit:
            self._act("commit")

    def _act(self, what: str) -> None:
        if len(self.seen) == self.nth and self.action is not None:
            self.action(what)


def fail(what: str) -> None:
    """What a driver does when the disk is full or the server is gone."""
    raise OperationalError(what, None, Exception(f"injected into {what}"))


@contextmanager
def injected(faults: Faults) -> Iterator[Faults]:
    """Count, and strike, in every engine of the process while the block runs."""

    def executed(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        faults.strike("execute " + statement.partition("\n")[0][:60])

    def flushed(*_: Any) -> None:
        faults.strike("flush")

    def committed(_connection: Any) -> None:
        faults.strike("commit")

    do_commit = DefaultDialect.do_commit

    def commit(self: Any, connection: Any) -> None:
        do_commit(self, connection)
        faults.strike_after_commit()

    copied = psycopg.AsyncCursor.copy

    def copy(self: Any, statement: Any, *arguments: Any, **options: Any) -> Any:
        faults.strike(f"copy {statement}")
        return copied(self, statement, *arguments, **options)

    executed_brief, executed_many = Connection.execute_brief, Connection.execute_brief_many

    def execute_brief(self: Any, statement: str, parameters: Any) -> Any:
        executed(self, None, statement)
        return executed_brief(self, statement, parameters)

    def execute_brief_many(self: Any, statement: str, parameters: Any) -> Any:
        executed(self, None, statement)
        return executed_many(self, statement, parameters)

    listeners = (
        (Engine, "before_cursor_execute", executed),
        (Engine, "commit", committed),
        (Session, "before_flush", flushed),
    )
    for target, name, listener in listeners:
        event.listen(target, name, listener)
    psycopg.AsyncCursor.copy = copy
    DefaultDialect.do_commit = commit
    Connection.execute_brief, Connection.execute_brief_many = execute_brief, execute_brief_many
    try:
        yield faults
    finally:
        psycopg.AsyncCursor.copy = copied
        DefaultDialect.do_commit = do_commit
        Connection.execute_brief, Connection.execute_brief_many = executed_brief, executed_many
        for target, name, listener in listeners:
            event.remove(target, name, listener)


if __name__ == "__main__":
    from tests.faults_everywhere import main

    sys.exit(main())
