"""Outputs and files that documentation pages show: ``python -m tests.page_outputs`` writes them anew.

A ``text`` block that follows a ``console`` block is what its commands print at a terminal. A block below a
comment ``<!-- file: PATH -->`` is a file of the repository.
"""

import itertools
import re
import shlex
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.markdown import FENCED, commands_of
from tests.page_shell import ROOT, Shell, comparable, open_shell, plain

RUN = ("README.md", "docs/tutorial/first-steps.md")
"""Pages that show outputs."""
WHOLE = ("docs/tutorial/first-steps.md",)
"""Those whose other commands are run, too, from the first to the last."""

INCLUDED = re.compile(r"<!-- file: (\S+) -->\n\n```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
# Commands that set up a computer, and those that need a site on the web, are not run here.
SETS_UP = re.compile(r"git |cd |source |deactivate|python3 -m venv [^&]*$|\.venv/bin/pip |rm -r ")
WEB = re.compile(r"\bexample\.com|domains\.txt|clients|shops|--resume")


class Block(NamedTuple):
    """A ``console`` block, its place in the page, and what the page shows below it."""

    commands: list[tuple[str, int]]
    start: int
    end: int
    output: str | None


def find_blocks(text: str) -> Iterator[Block]:
    """Yield the console blocks of a page; ``start`` and ``end`` are the place of the output."""
    fences = list(FENCED.finditer(text))
    for this, following in itertools.zip_longest(fences, fences[1:]):
        if this[1] != "console":
            continue
        commands = [(each.line, each.exit_code) for each in commands_of(this[2])]
        follows = (
            following is not None
            and following[1] == "text"
            and not text[this.end() : following.start()].strip()
        )
        if following is not None and follows:
            yield Block(commands, following.start(2), following.end(2), following[2])
        else:
            yield Block(commands, this.end(), this.end(), None)


def runnable(line: str) -> str | None:
    """The part of a command that can be run here: no installation, and nothing that needs the web."""
    line = line.split("  #", maxsplit=1)[0].rstrip()
    if ".venv/bin/sitemap" in line:
        line = line[line.index(".venv/bin/sitemap") :].replace(".venv/bin/sitemap", "sitemap")
    named = line.replace("--base-url https://example.com", "")
    return None if SETS_UP.match(line) or WEB.search(named) or "pytest" in line else line


def run_block(shell: Shell, block: Block) -> str:
    """Run the commands of a block; return what the terminal showed."""
    shown = b""
    for line, expected in block.commands:
        if (command := runnable(line)) is None:
            continue
        output, code = shell.run(command)
        assert code == expected, f"exit code {code}, not {expected}: {command}\n{output.decode()}"
        shown += output
    return plain(shown)


def refresh_outputs(text: str, *, whole: bool) -> str:
    """Run a page, or only the blocks of it that show an output; return it with the outputs of today.

    An output that differs only in times and ids stays as it is.
    """
    pieces, at = list[str](), 0
    with tempfile.TemporaryDirectory() as folder, open_shell(Path(folder)) as shell:
        for block in find_blocks(text):
            if not whole and block.output is None:
                continue
            shown = run_block(shell, block)
            if block.output is not None and comparable(shown) != comparable(block.output):
                pieces += [text[at : block.start], shown]
                at = block.end
    return "".join([*pieces, text[at:]])


def refresh_files(text: str) -> str:
    """Return a page with the files that it shows, as they are now."""
    return INCLUDED.sub(
        lambda found: f"<!-- file: {found[1]} -->\n\n```{found[2]}\n{(ROOT / found[1]).read_text()}```", text
    )


def list_examples(text: str) -> Iterator[tuple[str, int]]:
    """Yield the commands of a page that read the examples, and need nothing else."""
    for block in find_blocks(text):
        for line, code in block.commands:
            command, *words = shlex.split(line, comments=True)
            if command == "sitemap" and any(word.startswith("examples/") for word in words):
                yield line, code


def main() -> None:
    """Write outputs and files anew in all pages."""
    for file in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        text = new = file.read_text()
        if (name := file.relative_to(ROOT).as_posix()) in RUN:
            new = refresh_outputs(new, whole=name in WHOLE)
        new = refresh_files(new)
        if new != text:
            file.write_text(new)


if __name__ == "__main__":
    main()
