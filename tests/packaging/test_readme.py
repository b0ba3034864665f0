"""The README on an index of packages: its relative links lead to the repository."""

import importlib.util
import re
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
REPOSITORY = "https://github.com/owner/sitemap"


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hatch_build", ROOT / "hatch_build.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("[a](docs/a.md#b)", f"[a]({REPOSITORY}/blob/v1.2.3/docs/a.md#b)"),
        ("[a](#b)", "[a](#b)"),
        ("[a](https://example.com/)", "[a](https://example.com/)"),
        ("[a](mailto:a@example.com)", "[a](mailto:a@example.com)"),
        ("![a](docs/a.svg)", f"![a]({REPOSITORY}/raw/v1.2.3/docs/a.svg)"),
        (
            "[![a](docs/a.svg)](docs/a.md)",
            f"[![a]({REPOSITORY}/raw/v1.2.3/docs/a.svg)]({REPOSITORY}/blob/v1.2.3/docs/a.md)",
        ),
        (
            '<img alt="a" src="docs/a.svg" width="80">',
            f'<img alt="a" src="{REPOSITORY}/raw/v1.2.3/docs/a.svg" width="80">',
        ),
        (
            '<source media="(x)" srcset="docs/a.svg">',
            f'<source media="(x)" srcset="{REPOSITORY}/raw/v1.2.3/docs/a.svg">',
        ),
        ('<a href="docs/a.md">', f'<a href="{REPOSITORY}/blob/v1.2.3/docs/a.md">'),
    ],
)
def test_relative_links_become_absolute(hook: ModuleType, written: str, shown: str) -> None:
    assert hook.make_links_absolute(written, REPOSITORY, "v1.2.3") == shown


def test_no_relative_link_of_the_readme_is_left(hook: ModuleType) -> None:
    text = hook.make_links_absolute((ROOT / "README.md").read_text(encoding="utf-8"), REPOSITORY, "v1.2.3")
    assert re.findall(r"\]\((?!https?:|#)[^)]*\)|(?:src|srcset|href)=\"(?!https?:|#)", text) == []


def test_a_release_names_its_repository_and_other_builds_none(
    hook: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata = {"version": "1.2.3"}
    monkeypatch.setenv("SITEMAP_REPOSITORY", REPOSITORY)
    hook.Metadata(str(ROOT), {}).update(metadata)
    assert metadata["urls"]["Changelog"] == f"{REPOSITORY}/blob/v1.2.3/CHANGELOG.md"
    assert f"]({REPOSITORY}/blob/v1.2.3/" in metadata["readme"]["text"]
    monkeypatch.delenv("SITEMAP_REPOSITORY")
    metadata = {"version": "1.2.3"}
    hook.Metadata(str(ROOT), {}).update(metadata)
    assert "urls" not in metadata
    assert metadata["readme"]["text"] == (ROOT / "README.md").read_text(encoding="utf-8")


def test_an_sdist_keeps_the_metadata_it_was_built_with(hook: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "PKG-INFO").touch()
    metadata = {"version": "1.2.3"}
    hook.Metadata(str(tmp_path), {}).update(metadata)
    assert metadata == {"version": "1.2.3"}
