"""The site of the documentation: pages are copied with links that fit, and broken links are found."""

from pathlib import Path, PurePosixPath

import pytest

from tests.documentation import site
from tests.documentation.built_links import find_broken_links


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A small repository with pages, an example and assets."""
    files = {
        "docs/index.md": "# Home\n\n[new](../CHANGELOG.md#new) [a](how-to/a.md) [c](../examples/crontab)\n",
        "docs/how-to/a.md": "# How to `a`\n\n![p](../images/p.svg) [home](../index.md) [here](#how-to-a)\n",
        "docs/how-to/index.md": "# How-to guides\n",
        "docs/releasing.md": "# Release\n",
        "docs/images/p.svg": "<svg/>",
        "docs/assets/site.css": "",
        "CHANGELOG.md": "# Changelog\n\n## New\n\n[web](https://example.com/) [folder](docs/how-to)\n",
        "examples/crontab": "* * * * *",
    }
    for name, text in files.items():
        file = tmp_path / "repository" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return tmp_path / "repository"


def test_pages_and_what_they_link_are_copied_with_links_that_fit(repository: Path, tmp_path: Path) -> None:
    site.copy_pages(tmp_path / "pages", repository)
    copied = {
        each.relative_to(tmp_path / "pages").as_posix(): each for each in (tmp_path / "pages").rglob("*.*")
    }
    assert set(copied) == {
        *("index.md", "how-to/a.md", "how-to/index.md", "releasing.md", "project/changelog.md"),
        *("images/p.svg", "assets/site.css"),
    }
    assert (tmp_path / "pages" / "files" / "examples" / "crontab").exists()
    assert (
        "(project/changelog.md#new) [a](how-to/a.md) [c](files/examples/crontab)"
        in copied["index.md"].read_text()
    )
    assert (
        "[web](https://example.com/) [folder](../how-to/index.md)"
        in copied["project/changelog.md"].read_text()
    )
    assert "(../images/p.svg) [home](../index.md) [here](#how-to-a)" in copied["how-to/a.md"].read_text()


def test_the_navigation_has_the_sections_in_order_and_pages_by_title(
    repository: Path, tmp_path: Path
) -> None:
    site.copy_pages(tmp_path / "pages", repository)
    assert site.build_navigation(tmp_path / "pages") == [
        {"Home": "index.md"},
        {"How-to guides": ["how-to/index.md", {"How to a": "how-to/a.md"}]},
        {"Project": [{"Changelog": "project/changelog.md"}, {"Release": "releasing.md"}]},
    ]


def test_a_link_that_leads_nowhere_stops_the_build(repository: Path, tmp_path: Path) -> None:
    (repository / "docs" / "bad.md").write_text("[x](missing.md)\n")
    with pytest.raises(SystemExit, match=r"docs/bad\.md: missing\.md leads nowhere"):
        site.copy_pages(tmp_path / "pages", repository)


def test_every_page_of_the_repository_has_a_place_of_its_own() -> None:
    pages = site.list_pages()
    places = {site.place(each) for each in pages}
    assert len(places) == len(pages) > 200
    assert PurePosixPath("project/security.md") in places


@pytest.mark.parametrize(
    ("text", "copied"),
    [
        ("- a\n  - b\n    - c\n- d\n", "- a\n    - b\n        - c\n- d\n"),
        ("1. a\n\n   ```console\n   $ x\n   ```\n", "1. a\n\n    ```console\n    $ x\n    ```\n"),
        ("- a\n  b\n\ntext\n  text\n", "- a\n    b\n\ntext\n  text\n"),
        ("```\n- a\n  - b\n```\n", "```\n- a\n  - b\n```\n"),
    ],
)
def test_nested_lists_are_indented_as_the_generator_needs(text: str, copied: str) -> None:
    assert site.indent_lists(text) == copied


def test_bars_in_code_lose_their_backslash_in_tables_only() -> None:
    text = "| `a\\|b` | c\\|d |\n`a\\|b`\n"
    assert site.free_bars(text) == "| `a|b` | c\\|d |\n`a\\|b`\n"


@pytest.mark.parametrize(
    ("html", "fault"),
    [
        ('<a href="b.html#x">', ""),
        ('<a href="b.html#y">', "a.html: b.html#y has no such anchor"),
        ('<a href="c.html">', "a.html: c.html leads nowhere"),
        ('<a href="#z">', "a.html: #z has no such anchor"),
        ('<a href="https://example.com/">', ""),
        (
            '<script src="https://cdn.example.com/x.js"></script>',
            "a.html: loads https://cdn.example.com/x.js",
        ),
        ('<link rel="stylesheet" href="//cdn.example.com/x.css">', "a.html: loads //cdn.example.com/x.css"),
        ('<link rel="canonical" href="https://example.com/a.html">', ""),
    ],
)
def test_links_of_built_pages_are_checked(html: str, fault: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<html><body>{html}")
    (tmp_path / "b.html").write_text('<h2 id="x">X</h2>')
    assert list(find_broken_links(tmp_path)) == ([fault] if fault else [])
