"""Regular expressions must mean the same in every supported version of Python."""

import importlib
import pkgutil
import re
from collections.abc import Iterator

# The standard library has no public parser of regular expressions, and no stubs for the private one.
from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

import pytest

import sitemap_cli
from sitemap_cli.patterns import repeat_possessively, translate_stars

COMMENT = f"<!--{repeat_possessively('[^-]++|-(?!-)')}-->"
ATTRIBUTES = repeat_possessively("""[^<>"']++|"[^"]*+"|'[^']*+'""")
CHARACTERS = {_constants.LITERAL, _constants.NOT_LITERAL, _constants.ANY, _constants.IN}
# Only Alembic can import this module, during a migration.
NOT_IMPORTED = "sitemap_cli.storage.migrations.env"


@pytest.mark.parametrize(
    ("pattern", "text", "matched"),
    [
        (COMMENT, "<!-- a -->b", "<!-- a -->"),
        (COMMENT, "<!-- - - a -->-->", "<!-- - - a -->"),
        (COMMENT, "<!-- a -- b -->", None),
        (COMMENT, "<!---->", "<!---->"),
        (COMMENT, "<!--" + "- " * 3_000 + "-->", "<!--" + "- " * 3_000 + "-->"),
        (f"<{ATTRIBUTES}>", '<a b="c>d">e', '<a b="c>d">'),
        (f"<{ATTRIBUTES}>", '<a b=">', None),
        (f"<{ATTRIBUTES}>", "<a b=' \">", None),
        (f"{repeat_possessively('ab')}a", "ababa", "ababa"),
        (f"{repeat_possessively('ab')}ab", "abab", None),
        (repeat_possessively("ab", least=1), "ba", None),
        (repeat_possessively("ab", least=1), "ababa", "abab"),
        (repeat_possessively("(a)(b)"), "abab", "abab"),
        (repeat_possessively("a(?!b)"), "aab", "a"),
    ],
)
def test_as_much_as_possible_is_matched_and_never_less(pattern: str, text: str, matched: str | None) -> None:
    found = re.match(pattern, text)
    assert (found and found[0]) == matched


def find_risky_repeats(pattern: str | bytes, flags: int = 0) -> Iterator[Any]:
    """Yield the possessive repeats of more than characters, which Python before 3.11.5 matches wrongly."""
    yield from _walk(_parser.parse(pattern, flags))


def _walk(parsed: Any) -> Iterator[Any]:
    if isinstance(parsed, _parser.SubPattern):
        for operator, value in parsed:
            if operator is _constants.POSSESSIVE_REPEAT and not _is_safe(value[2]):
                yield value[2]
            yield from _walk(value)
    elif isinstance(parsed, tuple | list):
        for each in parsed:
            yield from _walk(each)


def _is_safe(body: Any) -> bool:
    """Return whether it is a sequence of single characters, of which the last may repeat, also zero times."""
    *characters, last = body
    is_repeat = last[0] is _constants.POSSESSIVE_REPEAT and last[1][0] == 0 and _is_safe(last[1][2])
    return all(each[0] in CHARACTERS for each in characters) and (last[0] in CHARACTERS or is_repeat)


def list_patterns() -> dict[str, "re.Pattern[Any]"]:
    modules = (each.name for each in pkgutil.walk_packages(sitemap_cli.__path__, "sitemap_cli."))
    loaded = (importlib.import_module(each) for each in modules if each != NOT_IMPORTED)
    return {
        f"{module.__name__}.{name}": value
        for module in loaded
        for name, value in vars(module).items()
        if isinstance(value, re.Pattern)
    }


def test_no_expression_repeats_a_group_in_a_way_that_old_versions_get_wrong() -> None:
    found = list_patterns()
    assert len(found) > 100
    risky = [name for name, each in found.items() if [*find_risky_repeats(each.pattern, each.flags)]]
    assert risky == []


@pytest.mark.parametrize("pattern", ["(?:ab|b)*+", "(?:a(?!b))++", "x(?:[^<]++|'[^']*+')*+>", "(?:(a)b*)?+"])
def test_such_expressions_are_found(pattern: str) -> None:
    assert [*find_risky_repeats(pattern)]


@pytest.mark.parametrize("pattern", ["a*+", "[^<]++", "(?:ab)*+", "(?:&amp;[a-z]*+)*+", "(?>(?:a|b)*)"])
def test_others_are_not(pattern: str) -> None:
    assert not [*find_risky_repeats(pattern)]


@pytest.mark.parametrize(
    ("text", "matches", "others"),
    [
        ("sid", ["sid"], ["si", "sids"]),
        ("utm_*", ["utm_", "utm_source"], ["utm", "xutm_a"]),
        ("*id", ["id", "sid", "idid"], ["ids", "i"]),
        ("a*b*c", ["abc", "abbcc", "axxbxxbxxcxc"], ["ab", "acb", "abcd"]),
        ("a**b", ["ab", "axb"], ["a", "a/b"]),
        ("*", ["", "x"], ["/"]),
        ("a*b*", ["ab", "axbx"], ["ax"]),
    ],
)
def test_stars_stand_for_any_characters(text: str, matches: list[str], others: list[str]) -> None:
    pattern = re.compile(translate_stars(text, "[^/]"))
    assert [each for each in (*matches, *others) if pattern.fullmatch(each)] == matches


def test_many_stars_take_no_time() -> None:
    pattern = re.compile(translate_stars("a*" * 50 + "b", "[^/]"))
    assert not pattern.fullmatch("a" * 5_000)
