"""Statements that run for every job of a batch, with little work besides that of the database.

SQLAlchemy calls some two hundred Python functions to execute a statement, which is several times the work
that SQLite has with a small one. In a brief transaction on SQLite a :class:`Statement` is therefore compiled
once, and its text goes straight to the connection. In any other transaction the session executes it.
"""

from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import CursorResult, Dialect
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

if TYPE_CHECKING:
    from sitemap_cli.storage.aiosqlite_connection import Connection

# The key of the connection of a brief transaction in the information of its session.
BRIEF = "sitemap_brief"
# Values of an IN, or rows of an INSERT, that one text has.
MAX_LISTED = 50

Parameters = Mapping[str, Any]
Row = Any
"""A row of a result: a tuple whose fields are named like the columns."""
Convert = Callable[[Any], Any]


def mark_brief(session: AsyncSession, connection: AsyncConnection) -> None:
    """Let statements of a brief transaction go straight to the connection of SQLite that the session uses."""
    driver: Any = connection.sync_connection and connection.sync_connection.connection.driver_connection
    if driver.is_brief:
        session.info[BRIEF] = driver


def find_brief(session: AsyncSession) -> "Connection | None":
    """Return the connection that statements of a brief transaction on SQLite go to; else None."""
    return session.info.get(BRIEF)


async def execute_text(session: AsyncSession, sql: str, rows: Sequence[Sequence[Any]]) -> None:
    """Execute a statement, written for the driver, for each of some rows."""
    driver = find_brief(session)
    if driver is None:
        await (await session.connection()).exec_driver_sql(sql, [tuple(row) for row in rows])
    else:
        await driver.execute_brief_many(sql, rows)


class Statement:
    """A Core statement with named parameters, compiled once for those of the same names.

    It must not need what only SQLAlchemy does when it executes a statement: compute the defaults of columns,
    or make parameters a part of the text.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._shapes: dict[tuple[str, ...], _Shape] = {}

    async def load_rows(self, session: AsyncSession, parameters: Parameters) -> Sequence[Row]:
        """Return all rows of the result."""
        direct = self._find_direct(session, parameters)
        if direct is None:
            return (await session.execute(self._statement, parameters)).all()
        driver, text = direct
        return text.convert_rows((await driver.execute_brief(text.sql, text.bind(parameters)))[0])

    async def find_row(self, session: AsyncSession, parameters: Parameters) -> Row | None:
        """Return the first row of the result; None if it has no rows."""
        return next(iter(await self.load_rows(session, parameters)), None)

    async def find_value(self, session: AsyncSession, parameters: Parameters) -> Any:
        """Return the first value of the first row; None if the result has no rows."""
        row = await self.find_row(session, parameters)
        return None if row is None else row[0]

    async def count_changed(self, session: AsyncSession, parameters: Parameters) -> int:
        """Execute a statement that writes; return the number of rows that it changed."""
        direct = self._find_direct(session, parameters)
        if direct is None:
            return cast("CursorResult[Any]", await session.execute(self._statement, parameters)).rowcount
        driver, text = direct
        return (await driver.execute_brief(text.sql, text.bind(parameters)))[1]

    async def insert_rows(self, session: AsyncSession, rows: Sequence[Parameters]) -> None:
        """Insert rows, all with the same columns."""
        direct = self._find_direct(session, rows[0])
        if direct is None:
            await session.execute(self._statement, rows)
        else:
            driver, text = direct
            await driver.execute_brief_many(text.sql, [text.bind(row) for row in rows])

    async def insert_returning(self, session: AsyncSession, rows: Sequence[Parameters]) -> Sequence[Row]:
        """Insert rows, all with the same columns; return what the statement returns of those it inserted."""
        direct = self._find_direct(session, rows[0])
        if direct is None:
            return (await session.execute(self._statement, rows)).all()
        driver, text = direct
        found = list[Any]()
        for first in range(0, len(rows), MAX_LISTED):
            some = rows[first : first + MAX_LISTED]
            values = [value for row in some for value in text.bind(row)]
            found += (await driver.execute_brief(text.repeat(len(some)), values))[0]
        return text.convert_rows(found)

    def _find_direct(
        self, session: AsyncSession, parameters: Parameters
    ) -> "tuple[Connection, _Text] | None":
        """Return the connection and the text for such parameters; None if the session has to execute it."""
        driver = find_brief(session)
        if driver is None:
            return None
        names = tuple(parameters)
        shape = self._shapes.get(names)
        if shape is None:
            shape = self._shapes[names] = _Shape(self._statement, session.get_bind().dialect, names)
        text = shape.find_text(parameters)
        return None if text is None else (driver, text)


class _Shape:
    """A statement that is compiled for parameters of some names; a text for each length of their lists."""

    def __init__(self, statement: Any, dialect: Dialect, names: Sequence[str]) -> None:
        self._compiled = statement.compile(dialect=dialect, column_keys=names)
        binds = {name: bind for bind, name in self._compiled.bind_names.items()}
        self._names = names
        self._lists = [name for name in names if name in binds and binds[name].expanding]
        self._bound = {
            name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()
        }
        columns = statement.exported_columns
        row: Any = namedtuple("Row", [*columns.keys()], rename=True)  # type: ignore[misc]  # noqa: PYI024
        self._make_row = row._make
        self._read = _pick_conversions(
            each.type.dialect_impl(dialect).result_processor(dialect, None) for each in columns
        )
        self._texts: dict[tuple[int, ...], _Text] = {}

    def find_text(self, parameters: Parameters) -> "_Text | None":
        """Return the text for lists as long as these; None for longer ones."""
        lengths = tuple(len(parameters[name]) for name in self._lists)
        text = self._texts.get(lengths)
        if text is None and max(lengths, default=0) <= MAX_LISTED:
            text = self._texts[lengths] = self._build_text(parameters)
        return text

    def _build_text(self, parameters: Parameters) -> "_Text":
        state = self._compiled.construct_expanded_state(parameters)
        lists = state.parameter_expansion
        owners = {name: owner for owner, several in lists.items() for name in several}
        constants = {
            name: value
            for name, value in state.parameters.items()
            if owners.get(name, name) not in self._names
        }
        return _Text(
            state.statement,
            tuple(state.positiontup or ()),
            constants,
            tuple((name, tuple(lists[name])) for name in self._lists),
            _pick_conversions(self._bound[owners.get(name, name)] for name in state.positiontup or ()),
            self._make_row,
            self._read,
        )


@dataclass(frozen=True, slots=True)
class _Text:
    """The SQL of a statement, and how its parameters and its rows are converted for the driver."""

    sql: str
    names: Sequence[str]
    constants: Parameters
    lists: Sequence[tuple[str, Sequence[str]]]
    bound: Sequence[tuple[int, Convert]]
    make_row: Callable[[Iterable[Any]], Row]
    read: Sequence[tuple[int, Convert]]

    def bind(self, parameters: Parameters) -> list[Any]:
        """Return the values of the parameters in the order of the text."""
        if self.constants or self.lists:
            parameters = {**self.constants, **parameters}
            for name, names in self.lists:
                parameters.update(zip(names, parameters[name], strict=True))
        values = [parameters[name] for name in self.names]
        for at, convert in self.bound:
            values[at] = convert(values[at])
        return values

    def repeat(self, count: int) -> str:
        """Return the text of an INSERT of several rows."""
        row = f"({', '.join('?' * len(self.names))})"
        return self.sql.replace(row, ", ".join([row] * count), 1)

    def convert_rows(self, rows: Sequence[Sequence[Any]]) -> list[Row]:
        """Return rows of the driver with the values that the columns have in the program."""
        if not self.read:
            return [self.make_row(row) for row in rows]
        found = []
        for row in rows:
            values = list(row)
            for at, convert in self.read:
                values[at] = convert(values[at])
            found.append(self.make_row(values))
        return found


def _pick_conversions(each: Iterable[Convert | None]) -> list[tuple[int, Convert]]:
    """Return the conversions of those values that need one, with their positions."""
    return [(at, convert) for at, convert in enumerate(each) if convert is not None]
