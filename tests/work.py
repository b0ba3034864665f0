"""Count the work of a database: steps of SQLite's machine, or rows that Postgres reads.

``python -m tests.work FILE ARGUMENT...`` runs the program, and writes what it counted to a file.
"""

import json
import sqlite3
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, event

STEPS = 10
EXPLAIN = "EXPLAIN (ANALYZE, FORMAT JSON) "


class Work:
    """The work so far."""

    def __init__(self) -> None:
        self.done = 0
        self.statements = 0


@contextmanager
def counting() -> Iterator[Work]:
    """Count the work of all connections that are opened while the block runs."""
    work, connect = Work(), sqlite3.connect

    def step() -> None:
        work.done += STEPS

    def count(_statement: str) -> None:
        work.statements += 1

    def open_counted(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_progress_handler(step, STEPS)
        connection.set_trace_callback(count)
        return connection

    def explain(
        connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        if statement.startswith(EXPLAIN):
            return
        if connection.dialect.name != "postgresql":
            return
        work.statements += 1
        if not many and _is_select(statement):
            plan = connection.exec_driver_sql(EXPLAIN + statement, parameters).scalar_one()
            work.done += _count_rows((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])

    event.listen(Engine, "before_cursor_execute", explain)
    sqlite3.connect = open_counted
    try:
        yield work
    finally:
        sqlite3.connect = connect
        event.remove(Engine, "before_cursor_execute", explain)


def _is_select(statement: str) -> bool:
    return statement.lstrip(" (\n").startswith(("SELECT", "WITH"))


def _count_rows(plan: Mapping[str, Any]) -> int:
    """Return how many rows a plan and those below it took from tables, used or not."""
    found = sum(map(_count_rows, plan.get("Plans", ())))
    if "Relation Name" not in plan and "Index Name" not in plan:
        return found
    filtered = (plan.get(f"Rows Removed by {name}", 0) for name in ("Filter", "Index Recheck"))
    return found + round((plan["Actual Rows"] + sum(filtered)) * plan["Actual Loops"])


def main() -> None:
    """Run the program, and write what it counted."""
    from sitemap_cli.cli.framework import app

    file = Path(sys.argv.pop(1))
    with counting() as work:
        try:
            app.main()
        finally:
            file.write_text(json.dumps({"work": work.done, "statements": work.statements}))


if __name__ == "__main__":
    main()
