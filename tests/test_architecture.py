"""Rules of the house that import-linter cannot see; each comes with proof that it can fail."""

import ast
import io
import itertools
import re
import statistics
import tokenize
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "sitemap_cli"
BUILT = PACKAGE / "output" / "report_page" / "built_templates"
MOST_LINES = 400
MOST_CLASS_LINES = 200
UNTYPED = ("Any", "object")
# The value of a JSON column; it does not travel.
BARE_DICTS = {"to_stored"}
MEDIAN_LINES = 8
LONG_LINES = 30

Function = ast.FunctionDef | ast.AsyncFunctionDef
Checker = Callable[[str], Iterator[str]]

TRANSACTION_METHODS = {"begin", "commit", "rollback"}
SESSION_METHODS = {*TRANSACTION_METHODS, "begin_nested", "close"}
TRANSACTION_SQL = re.compile(r"\s*((?i:BEGIN|COMMIT|ROLLBACK);?\s*|(BEGIN|ROLLBACK|SAVEPOINT) [\s\S]*)")
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")


def calls_of(source: str, names: set[str]) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if name in names:
                yield f"line {node.lineno}: calls {name}()"


def ends_a_session(source: str) -> Iterator[str]:
    yield from calls_of(source, SESSION_METHODS)


def ends_a_transaction(source: str) -> Iterator[str]:
    yield from calls_of(source, TRANSACTION_METHODS)


def says_begin_in_sql(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in prose else None
        if isinstance(text, str) and TRANSACTION_SQL.fullmatch(text):
            yield f"line {getattr(node, 'lineno', 0)}: SQL {text}"


def is_too_long(source: str) -> Iterator[str]:
    lines = source.count("\n")
    if lines > MOST_LINES:
        yield f"{lines} lines; {MOST_LINES} are allowed"


def has_a_long_class(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef):
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > MOST_CLASS_LINES:
                yield f"class {node.name}: {lines} lines; {MOST_CLASS_LINES} are allowed"


def returns_a_bare_dict(source: str) -> Iterator[str]:
    """Public functions that return ``dict[str, Any]``; what layers exchange is typed."""
    for node in public(ast.parse(source)):
        if not isinstance(node, Function) or node.returns is None or node.name in BARE_DICTS:
            continue
        if "dict[str, Any]" in ast.unparse(node.returns):
            yield f"{node.name} returns {ast.unparse(node.returns)}"


def has_an_untyped_session(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.arg) and node.arg in ("session", "_session") and node.annotation:
            annotation = ast.unparse(node.annotation)
            yield from [f"line {node.lineno}: session: {annotation}"] if annotation in UNTYPED else []


def is_more_than_a_docstring(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    if ast.get_docstring(tree) is None or len(tree.body) > 1:
        yield "is not just a docstring"


def is_built_text(node: ast.expr) -> bool:
    """Whether an expression puts values into text, where a `[` of theirs would be read as markup."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    return isinstance(node, ast.JoinedStr | ast.BinOp)


def prints_markup_of_others(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        literal = any(
            option.arg == "markup" and isinstance(option.value, ast.Constant) and option.value.value is False
            for option in node.keywords
        )
        if node.func.attr == "print" and not literal and any(map(is_built_text, node.args)):
            yield f"line {node.lineno}: built text goes to print() with markup on"


def has_no_docstring(source: str) -> Iterator[str]:
    tree = ast.parse(source)
    if ast.get_docstring(tree) is None:
        yield "the module has no docstring"
    yield from (f"{node.name} has no docstring" for node in public(tree) if ast.get_docstring(node) is None)


def public(parent: ast.Module | ast.ClassDef) -> Iterator[Function | ast.ClassDef]:
    """The public classes and functions of a module, and the public methods of its public classes."""
    for node in parent.body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield node
            if isinstance(node, ast.ClassDef):
                yield from public(node)


def has_unfinished_business(source: str) -> Iterator[str]:
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT and UNFINISHED.search(token.string):
            yield f"line {token.start[0]}: {token.string}"


def takes_no_session_first(source: str) -> Iterator[str]:
    """Find public coroutines whose first parameter is not `session`, or `_session` where it is not used."""
    for node in public(ast.parse(source)):
        if isinstance(node, ast.AsyncFunctionDef):
            parameters = [each.arg for each in (*node.args.posonlyargs, *node.args.args)]
            first = next((each for each in parameters if each not in ("self", "cls")), "")
            if first.removeprefix("_") != "session":
                yield f"line {node.lineno}: {node.name}() does not take a session first"


def imports_the_command_line(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        names = [each.name for each in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{each.name}" for each in node.names]
        for name in names:
            if f"{name}.".startswith("sitemap_cli.cli."):
                yield f"line {node.lineno}: imports {name}"


def lengths(source: str) -> list[int]:
    """Lines of every function without its docstring: signature, body and closing bracket."""
    return [length(node) for node in ast.walk(ast.parse(source)) if isinstance(node, Function)]


def length(function: Function) -> int:
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    first = function.body[0]
    if ast.get_docstring(function) is None:
        return whole
    return whole - ((first.end_lineno or first.lineno) - first.lineno + 1)


def modules(folder: Path) -> Iterator[Path]:
    """All modules below a folder but the templates that a build has compiled there."""
    return (each for each in folder.rglob("*.py") if each.parent != BUILT)


def faults(checker: Checker, files: Iterator[Path]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}: {fault}"
        for file in sorted(files)
        for fault in checker(file.read_text(encoding="utf-8"))
    ]


def test_a_service_neither_begins_nor_ends_a_transaction_or_session() -> None:
    assert faults(ends_a_session, (PACKAGE / "services").rglob("*.py")) == []


def test_every_public_coroutine_of_a_service_takes_the_session_first() -> None:
    assert faults(takes_no_session_first, (PACKAGE / "services").rglob("*.py")) == []


def test_a_service_does_not_say_begin_or_commit_in_sql_either() -> None:
    assert faults(says_begin_in_sql, (PACKAGE / "services").rglob("*.py")) == []


def test_only_the_database_module_begins_commits_and_rolls_back() -> None:
    homes = {PACKAGE / "storage" / f"{name}.py" for name in ("database", "engines", "aiosqlite_connection")}
    assert faults(ends_a_transaction, iter(set(modules(PACKAGE)) - homes)) == []


def test_the_connection_of_sqlite_only_commits_when_it_is_told_to() -> None:
    tree = ast.parse((PACKAGE / "storage" / "aiosqlite_connection.py").read_text())
    methods = {
        each.name: ast.unparse(each) for each in ast.walk(tree) if isinstance(each, ast.AsyncFunctionDef)
    }
    inside = len(list(ends_a_transaction(methods["commit"])))
    assert inside == len(list(ends_a_transaction(ast.unparse(tree)))) == 2


def test_the_engines_only_roll_back_connections_that_are_given_up_or_come_back_unfinished() -> None:
    source = (PACKAGE / "storage" / "engines.py").read_text()
    assert list(calls_of(source, TRANSACTION_METHODS - {"rollback"})) == []
    assert len(list(calls_of(source, {"rollback"}))) <= 2


def test_tests_of_the_layers_below_the_command_line_do_without_it() -> None:
    tests = ROOT / "tests"
    layers = (each for each in (tests / "unit").iterdir() if each.is_dir() and each.name != "cli")
    files = [file for each in (*layers, tests / "integration") for file in each.rglob("*.py")]
    # A plug-in is new to the whole program.
    whole = {tests / "integration" / "test_new_formats.py"}
    assert faults(imports_the_command_line, iter(set(files) - whole)) == []


@pytest.mark.parametrize("folder", ["sitemap_cli", "tests", "examples"])
def test_no_file_is_too_long_to_read_at_once(folder: str) -> None:
    assert faults(is_too_long, modules(ROOT / folder)) == []


def test_no_class_is_too_long_to_read_at_once() -> None:
    assert faults(has_a_long_class, modules(PACKAGE)) == []


@pytest.mark.parametrize("layer", ["services", "tasks", "crawl", "model"])
def test_layers_exchange_typed_values(layer: str) -> None:
    assert faults(returns_a_bare_dict, modules(PACKAGE / layer)) == []


def test_sessions_are_typed() -> None:
    assert faults(has_an_untyped_session, modules(PACKAGE)) == []


@pytest.mark.parametrize("folder", ["sitemap_cli", "tests"])
def test_packages_export_nothing(folder: str) -> None:
    assert faults(is_more_than_a_docstring, (ROOT / folder).rglob("__init__.py")) == []


def test_text_of_others_is_never_read_as_markup() -> None:
    assert faults(prints_markup_of_others, (PACKAGE / "cli").rglob("*.py")) == []


def test_everything_public_says_what_it_is() -> None:
    assert faults(has_no_docstring, modules(PACKAGE)) == []


@pytest.mark.parametrize("folder", ["sitemap_cli", "tests", "examples"])
def test_comments_promise_nothing(folder: str) -> None:
    assert faults(has_unfinished_business, modules(ROOT / folder)) == []


def test_functions_are_short() -> None:
    found = list(itertools.chain.from_iterable(lengths(file.read_text()) for file in modules(PACKAGE)))
    median = statistics.median(found)
    short = sum(length < LONG_LINES for length in found) / len(found)
    message = f"{len(found)} functions: median {median} lines, {short:.1%} under {LONG_LINES}"
    assert median <= MEDIAN_LINES, message
    assert short >= 0.9, message


@pytest.mark.parametrize(
    ("checker", "bad"),
    [
        (ends_a_session, "async def add(session):\n    await session.commit()"),
        (ends_a_session, "async def add(session):\n    async with session.begin_nested(): ..."),
        (ends_a_transaction, "def run(connection):\n    connection.begin()"),
        (takes_no_session_first, "async def list_jobs(tenant, session): ..."),
        (takes_no_session_first, "async def list_jobs(): ..."),
        (takes_no_session_first, "async def list_jobs(*, session): yield 1"),
        (takes_no_session_first, "class Jobs:\n    async def load(self, job_id): ..."),
        (says_begin_in_sql, "session.execute(text('commit'))"),
        (says_begin_in_sql, "session.execute(text('BEGIN IMMEDIATE'))"),
        (is_too_long, "\n" * (MOST_LINES + 1)),
        (has_a_long_class, "class A:\n" + "    x = 1\n" * MOST_CLASS_LINES),
        (returns_a_bare_dict, "async def load(session) -> dict[str, Any]: ..."),
        (returns_a_bare_dict, "class A:\n    def load(self) -> list[dict[str, Any]]: ..."),
        (has_an_untyped_session, "async def load(session: Any): ..."),
        (has_an_untyped_session, "async def load(session: object): ..."),
        (is_more_than_a_docstring, ""),
        (is_more_than_a_docstring, '"""Things."""\nfrom sitemap_cli.model.values import Entry'),
        (prints_markup_of_others, "console.print(f'[red]{title}')"),
        (prints_markup_of_others, "console.print('[red]' + title)"),
        (prints_markup_of_others, "console.print('[red]{}'.format(title), end='')"),
        (has_no_docstring, "x = 1"),
        (has_no_docstring, '"""Things."""\ndef thing(): ...'),
        (has_no_docstring, '"""Things."""\nclass Thing:\n    """A thing."""\n    def size(self): ...'),
        (has_unfinished_business, "x = 1  # TODO: later"),
        (imports_the_command_line, "from sitemap_cli.cli.console import Console"),
        (imports_the_command_line, "from sitemap_cli import cli"),
        (imports_the_command_line, "def test():\n    import sitemap_cli.cli.framework.app"),
    ],
)
def test_the_checks_can_fail(checker: Checker, bad: str) -> None:
    assert list(checker(bad))


@pytest.mark.parametrize(
    ("checker", "good"),
    [
        (ends_a_session, "async def add(session):\n    session.add(Domain())\n    await session.flush()"),
        (takes_no_session_first, "async def list_jobs(session, tenant): ...\nasync def _load(job_id): ..."),
        (takes_no_session_first, "async def gather(_session, job): ...\ndef count(rows): ..."),
        (takes_no_session_first, "class Jobs:\n    async def load(self, session): ..."),
        (says_begin_in_sql, "'''Begin at the top.'''\nmessage = 'beginning of the file'"),
        (has_a_long_class, "class A:\n    x = 1"),
        (returns_a_bare_dict, "def _build() -> dict[str, Any]: ...\ndef load() -> JobResult: ..."),
        (has_an_untyped_session, "async def load(session: AsyncSession): ..."),
        (is_more_than_a_docstring, '"""Things."""'),
        (prints_markup_of_others, "console.print(table)\nconsole.print(f'{title}', markup=False)"),
        (has_no_docstring, '"""Things."""\nclass _Thing:\n    def size(self): ...'),
        (has_unfinished_business, "x = 'TODO'  # mastodon"),
        (imports_the_command_line, "import sitemap_cli.client\nfrom sitemap_cli.tasks import run_job"),
    ],
)
def test_the_checks_let_good_code_pass(checker: Checker, good: str) -> None:
    assert list(checker(good)) == []


def test_a_docstring_does_not_make_a_function_long() -> None:
    plain = "def f(\n    x,\n):\n    return x\n"
    told = 'async def f(x):\n    """Say x.\n\n    Twice.\n    """\n    return x\n'
    assert lengths(plain + told) == [4, 2]
