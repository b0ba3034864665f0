"""The page of attacks: what each does, and what the program makes of it, from the catalogue of the hostile server."""

from tests.documentation.reference.markdown_parts import format_code, format_head, format_table
from tests.hostile import catalog
from tests.hostile.attack import Attack

INTRODUCTION = """`tests/hostile/` has a server with these attacks, and CI runs the program against every one of them: alone, with its memory, time and
requests measured, or in one batch with good sites between. A difference from this table fails the tests. `python -m tests.hostile` prints the
measurements; [SECURITY](../../SECURITY.md) has the promises.

The verdict is that of the [job](verdicts.md), the codes are those of its sitemaps; with `or`, either may come, as it depends on what is noticed first. *Kept* is the
number of URLs that are recorded: all those that are complete before the fault."""
FAMILIES = {
    "C": "Compression",
    "X": "XML and content",
    "H": "HTTP, TLS, DNS, redirects, indexes and robots.txt",
    "": "Others",
}


def build_attacks() -> str:
    """Return the page."""
    families: dict[str, list[Attack]] = {}
    for each in catalog.attacks():
        family = each.row[:1]
        families.setdefault(family if family in FAMILIES else "", []).append(each)
    parts = [format_head("Attacks", INTRODUCTION)]
    for family, title in FAMILIES.items():
        if family in families:
            rows = [_describe(each) for each in sorted(families[family], key=lambda each: each.name)]
            parts += [f"## {title}", format_table(("attack", "verdict", "codes", "kept"), rows)]
    return "\n\n".join(parts)


def _describe(attack: Attack) -> tuple[str, str, str, str]:
    kept = f"{attack.kept:,}" if isinstance(attack.kept, int) else "listed in the test"
    codes = ", ".join(_format_choice(each) for each in attack.errors.split())
    return _format_name(attack.name), _format_choice(attack.verdict), codes, kept


def _format_choice(text: str) -> str:
    """Return a value such as ``a|b*2`` as a sentence: *a* or *b*, twice."""
    names, _, count = text.partition("*")
    choice = " or ".join(format_code(each) for each in names.split("|"))
    return f"{choice} ({count} times)" if count else choice


def _format_name(name: str) -> str:
    words = name.replace("-", " ")
    for ending, better in (("nobody knows", "that is unknown"), ("nobody closes", "that is never closed")):
        words = words.replace(ending, better)
    return words.replace("nobody", "no one")
