"""Count the work of a database: steps of SQLite's machine, or rows that Postgres reads."""

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
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

    def open_counted(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_progress_handler(step, STEPS)
        return connection

    def explain(
        connection: Connection, _cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        if statement.startswith(EXPLAIN):
            return
        work.statements += 1
        if connection.dialect.name == "postgresql" and not many and _is_select(statement):
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
