"""What tests read out of the documentation: commands with their exit codes, links, headings."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FENCED = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONTINUED = re.compile(r"\\\n\s*")
HEADING = re.compile(r"^#{1,6} +(.+?)\s*$", re.MULTILINE)
LINK = re.compile(r"(?<!!)\[[^\]\n]+\]\(([^)\s]+)\)")
SPAN = re.compile(r"`([^`\n]+)`")
EXIT_CODE = "$ echo $?"


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a ``console`` block, and the exit code that the next ``echo $?`` shows, else 0."""

    line: str
    exit_code: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """One Markdown file."""

    text: str

    @classmethod
    def of(cls, file: Path) -> "Page":
        """Read a file."""
        return cls(file.read_text(encoding="utf-8"))

    @property
    def prose(self) -> str:
        """The text without fenced blocks."""
        return FENCED.sub("", self.text)

    def commands(self) -> Iterator[Command]:
        """Every command of every ``console`` block, in order."""
        for language, block in FENCED.findall(self.text):
            if language == "console":
                yield from commands_of(block)

    def links(self) -> list[str]:
        """Where the links of the prose lead."""
        return LINK.findall(self.prose)

    def spans(self) -> list[str]:
        """What stands between backticks in the prose."""
        return SPAN.findall(self.prose)

    def anchors(self) -> set[str]:
        """The fragments that headings can be reached by, as GitHub makes them."""
        plain = (re.sub(r"[^\w\- ]", "", heading.lower()) for heading in HEADING.findall(self.prose))
        return {heading.replace(" ", "-") for heading in plain}


def commands_of(block: str) -> Iterator[Command]:
    """Every command of one ``console`` block."""
    lines = CONTINUED.sub(" ", block).splitlines()
    for number, line in enumerate(lines):
        if line.startswith(("$ ", "sitemap ")) and line != EXIT_CODE:
            told = lines[number + 1 : number + 3]
            code = int(told[1]) if told[:1] == [EXIT_CODE] else 0
            yield Command(line.removeprefix("$ "), code)
