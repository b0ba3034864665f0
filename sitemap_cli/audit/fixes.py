"""How to fix what a rule finds, by case: the section ``Fix`` of its documentation."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field

from sitemap_cli.model.values import Fix

_CASE = re.compile(r"\n\s*- ([^:\n]+): ")
"""The beginning of a case in the list at the end of the section."""


@dataclass(frozen=True, slots=True)
class FixGuide:
    """What to do in general, and in each of the cases that hits name; in general may be nothing to say."""

    general: str
    cases: dict[str, str] = field(default_factory=dict)

    def choose(self, cases: Collection[str | None]) -> tuple[Fix, ...]:
        """Return the fixes for hits with these cases, each once; None stands for hits of no case."""
        general = [Fix(None, self.general)] if self.general and None in cases else []
        return (*general, *(Fix(case, text) for case, text in self.cases.items() if case in cases))


def parse_fix(text: str) -> FixGuide:
    """Return the cases of a section: the items of a list at its end, each with its name before a colon."""
    general, *parts = _CASE.split(f"\n{text.replace('``', '`')}")
    texts = [" ".join(each.split()) for each in parts[1::2]]
    return FixGuide(" ".join(general.split()), dict(zip(parts[::2], texts, strict=True)))
