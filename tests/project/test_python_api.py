"""The examples of the how-to about the Python API run in their order, and print what it shows."""

import itertools
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.markdown import FENCED, Page

ROOT = Path(__file__).parents[2]
PAGE = Page.of(ROOT / "docs" / "how-to" / "python-api.md")
IMPORTED = re.compile(r"^(?:from|import) (sitemap_cli[\w.]*)", re.MULTILINE)


def list_examples() -> list[tuple[str, str]]:
    """Return each program, and the text that it prints."""
    blocks = FENCED.findall(PAGE.text)
    return [
        (program, output) for (kind, program), (_, output) in itertools.pairwise(blocks) if kind == "python"
    ]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A working folder with the example site."""
    shutil.copytree(ROOT / "examples" / "site", tmp_path / "site")
    return tmp_path


def test_each_example_prints_what_the_page_shows(folder: Path) -> None:
    examples = list_examples()
    assert len(examples) == 5
    for program, output in examples:
        command = [sys.executable, "-W", "error", "-c", program]
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        assert (done.returncode, done.stdout, done.stderr) == (0, output, ""), program


def test_the_examples_use_nothing_private() -> None:
    names = [name for program, _ in list_examples() for name in IMPORTED.findall(program)]
    assert names
    assert [name for name in names if name.startswith("sitemap_cli.cli") or "._" in name] == []
