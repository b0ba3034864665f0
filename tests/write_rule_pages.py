"""Writes the pages of ``docs/rules`` from the code: ``python -m tests.write_rule_pages``."""

from pathlib import Path

from sitemap_cli.audit.engine import discover_rules
from sitemap_cli.audit.rule_pages import build_pages

FOLDER = Path(__file__).parents[1] / "docs" / "rules"


def write_pages(folder: Path = FOLDER) -> None:
    """Write the page of every rule and the index, and remove the pages of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    pages = build_pages(discover_rules())
    for file in folder.glob("*.md"):
        if file.name not in pages:
            file.unlink()
    for name, text in pages.items():
        (folder / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write_pages()
