"""What can stand at the cursor of a command line that is being typed."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sitemap_cli import configuration
from sitemap_cli.cli.framework.command_outline import find_metavar, parse_help
from sitemap_cli.cli.framework.help_topics import TOPICS
from sitemap_cli.storage.recorded_names import NameKind, list_recorded_names

MOST_TEXT = 200
HELP_FLAGS = ("-h", "--help")
# Global options that decide which names the database has.
PLACES = ("database", "tenant", "config")
# What the help calls values that the database has names of.
RECORDED = {
    "DOMAIN": (NameKind.DOMAIN,),
    "DOMAIN|OLD": (NameKind.DOMAIN,),
    "DOMAIN... TAG...": (NameKind.DOMAIN, NameKind.TAG),
    "FILE|URL|DOMAIN": (NameKind.DOMAIN,),
    "D": (NameKind.DOMAIN,),
    "TARGET": (NameKind.DOMAIN,),
    "TAG": (NameKind.TAG,),
    "JOB|DATE": (NameKind.JOB,),
}
IDS = {"job": NameKind.JOB, "batch": NameKind.BATCH}
WITH_FILES = ("FILE", "PATH", "FOLDER", "TARGET", "OLD", "NEW")
SEVERITIES = ("error", "warning", "info")
LAST = ("last", "the newest one")

Pairs = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Answer:
    """Words that may replace the one at the cursor, each with a description, and whether files may, too.

    After a word of an answer that ``is_open``, more can follow without a blank.
    """

    words: Sequence[tuple[str, str]] = ()
    has_files: bool = False
    is_open: bool = False


@dataclass(slots=True)
class _Position:
    """Where in the command line the cursor is."""

    command: Any
    path: list[str] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)
    pending: Any = None
    arguments: int = 0
    is_literal: bool = False

    @property
    def parameters(self) -> Sequence[Any]:
        """The parameters of the command, and those of the default command of a group."""
        default = getattr(self.command, "default", None)
        own = self.command.table[default].params if default else ()
        return list({each.name: each for each in [*self.command.params, *own]}.values())


def complete_words(root: Any, words: Sequence[str], current: str) -> Answer:
    """Return what can stand in place of the last word.

    Args:
        root: the group of all commands.
        words: the words before it, without the name of the program.
        current: the part of it that is typed.
    """
    at = _find_position(root, words)
    if at is None:
        return Answer()
    if at.pending is not None:
        return _clean(_complete_value(at, at.pending, current), current)
    if current.startswith("-") and not at.is_literal:
        flag, equals, value = current.partition("=")
        if not equals:
            return _clean(Answer(list(_list_flags(at))), current)
        option = _find_option(at, flag)
        if option is None or _is_flag(option):
            return Answer()
        return _clean(_put_before(f"{flag}=", _complete_value(at, option, value)), current)
    return _clean(_complete_argument(at, current), current)


def _find_position(root: Any, words: Sequence[str]) -> _Position | None:
    """Walk through the words; None if one of them is no command."""
    at = _Position(root)
    for word in words:
        if at.pending is not None:
            _set_value(at, at.pending, word)
            at.pending = None
        elif word == "--":
            at.is_literal = True
        elif word.startswith("-") and len(word) > 1 and not at.is_literal:
            flag, equals, value = word.partition("=")
            option = _find_option(at, flag)
            if option is not None:
                at.given.add(str(option.name))
                if equals:
                    _set_value(at, option, value)
                elif not _is_flag(option) and not find_metavar(option).startswith("[="):
                    at.pending = option
        elif not _enter(at, word):
            return None
    return at


def _enter(at: _Position, word: str) -> bool:
    """Go into the command that a word names; return whether it can stand there."""
    table = getattr(at.command, "table", None)
    if table is None:
        at.arguments += 1
        return True
    default = at.command.default
    if word in table:
        at.command = table[word]
        at.path.append(word)
        return True
    if default is None:
        return False
    at.command = table[default]
    at.arguments = 1
    return True


def _set_value(at: _Position, option: Any, value: str) -> None:
    if option.name in PLACES:
        at.places[str(option.name)] = os.path.expanduser(value)  # noqa: PTH111 - a URL stays as it is


def _find_option(at: _Position, flag: str) -> Any:
    options = (each for each in at.parameters if each.param_type_name == "option")
    return next((each for each in options if flag in each.opts), None)


def _is_flag(option: Any) -> bool:
    return bool(option.is_flag or option.count)


def _list_flags(at: _Position) -> Iterator[tuple[str, str]]:
    for each in at.parameters:
        is_option = each.param_type_name == "option" and not each.hidden
        if is_option and (each.multiple or each.count or each.name not in at.given):
            yield from ((flag, each.help or "") for flag in sorted(each.opts, key=len, reverse=True))
    yield from ((flag, "Show the help.") for flag in reversed(HELP_FLAGS))


def _complete_argument(at: _Position, current: str) -> Answer:
    table = getattr(at.command, "table", None)
    commands = [(each.name, parse_help(each.text)[0]) for each in table.outlines] if table is not None else []
    arguments = [each for each in at.parameters if each.param_type_name == "argument"]
    if not arguments:
        return Answer(commands)
    index = min(at.arguments, len(arguments) - 1)
    argument = arguments[index]
    if at.arguments >= len(arguments) and argument.nargs == 1:
        return Answer()
    found = _complete_value(at, argument, current)
    return replace(found, words=[*commands, *found.words])


def _complete_value(at: _Position, parameter: Any, current: str) -> Answer:
    metavar, name = find_metavar(parameter), str(parameter.name)
    if choices := parameter.type_descriptor.choices:
        return Answer([(str(each), "") for each in choices])
    if metavar == "FORMAT[:FILE]":
        return _complete_format(current)
    if metavar == "COMMAND|TOPIC":
        return Answer([(each, "a topic") for each in TOPICS])
    if metavar == "RULE=SEVERITY":
        rule, equals, _ = current.rpartition("=")
        values = [(f"{rule}={each}", "") for each in SEVERITIES]
        return Answer(
            values if equals else [(f"{each}=", about) for each, about in _list_rules()], is_open=True
        )
    has_files = any(each in metavar for each in WITH_FILES)
    head = current.rpartition(",")[0]
    answer = Answer(list(_list_values(at, metavar, name, current[len(head) :].lstrip(","))), has_files)
    return _put_before(f"{head},", answer) if head and answer.words else answer


def _list_values(at: _Position, metavar: str, name: str, prefix: str) -> Pairs:
    if metavar.strip("'").startswith("RULE"):
        return _list_rules()
    if metavar == "ID":
        kind = IDS.get(name, NameKind.JOB)
        return [LAST, *_list_names(at, kind, prefix)]
    if metavar in RECORDED:
        last = [LAST] if metavar == "JOB|DATE" else []
        return [*last, *(each for kind in RECORDED[metavar] for each in _list_names(at, kind, prefix))]
    if metavar in ("V,V", "S,S"):
        return _list_states(metavar)
    if at.path == ["schema"] and metavar == "NAME":
        return _list_documents()
    if metavar.islower() and "|" in metavar:
        return [(each, "") for each in metavar.split("|")]
    return []


def _list_names(at: _Position, kind: NameKind, prefix: str) -> Sequence[tuple[str, str]]:
    """Return names from the database that the command would use."""
    variables = {each: os.environ.get(f"SITEMAP_{each.upper()}") for each in PLACES}
    places = {name: value for name, value in {**variables, **at.places}.items() if value}
    config = places.pop("config", None)
    if config and not Path(config).is_file():
        # A pipe or a terminal would be waited for.
        return []
    settings = configuration.resolve_settings(places, Path(config) if config else None)
    return list_recorded_names(settings.database, settings.tenant, kind, prefix)


def _list_rules() -> Pairs:
    from sitemap_cli.audit.engine import discover_rules

    rules = discover_rules()
    return [(each.id, each.summary) for each in rules] + [(each.name, each.id) for each in rules]


def _list_states(metavar: str) -> Pairs:
    from sitemap_cli.model.values import Status, Verdict

    return [(str(each), "") for each in (Verdict if metavar == "V,V" else Status)]


def _list_documents() -> Pairs:
    from sitemap_cli.model.json_documents import list_json_documents

    return [(each.name, "") for each in list_json_documents()]


def _complete_format(current: str) -> Answer:
    from sitemap_cli.output.report_format import list_report_formats

    _, colon, _ = current.partition(":")
    return (
        Answer((), has_files=True)
        if colon
        else Answer([(each, "") for each in ("text", *list_report_formats())])
    )


def _put_before(head: str, answer: Answer) -> Answer:
    return replace(answer, words=[(f"{head}{word}", about) for word, about in answer.words])


def _clean(answer: Answer, current: str) -> Answer:
    """Return the words that begin as typed; what others named may have any characters."""
    words = [
        (word, " ".join("".join(each if each.isprintable() else " " for each in about).split())[:MOST_TEXT])
        for word, about in answer.words
        if word.startswith(current) and word.isprintable() and len(word) <= MOST_TEXT
    ]
    return replace(answer, words=words)
