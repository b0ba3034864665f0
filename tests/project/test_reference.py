"""The generated pages of the reference are current, and complete."""

from pathlib import Path

import pytest

from sitemap_cli.cli.framework.app import load_outline
from sitemap_cli.settings import PANELS
from tests.documentation.reference import log_events_page
from tests.documentation.reference.all_pages import REFERENCE, build_reference, write_reference
from tests.documentation.reference.commands_pages import list_leaves
from tests.documentation.reference.environment_page import find_variables, list_variables
from tests.documentation.reference.markdown_parts import format_text

PAGES = build_reference()


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_current(name: str) -> None:
    assert (REFERENCE / name).read_text(encoding="utf-8") == PAGES[name], "run: make pages"


def test_a_page_of_a_command_that_is_gone_is_removed(tmp_path: Path) -> None:
    gone = tmp_path / "commands" / "gone.md"
    gone.parent.mkdir()
    gone.touch()
    write_reference(tmp_path)
    assert not gone.exists()
    assert {each.relative_to(tmp_path).as_posix() for each in tmp_path.rglob("*.md")} == set(PAGES)


def test_every_command_has_a_page_with_all_its_options() -> None:
    for command in list_leaves(load_outline()):
        page = PAGES[f"commands/{'-'.join(command.path)}.md"]
        missing = [
            each.flags for each in command.options if each.variable and f"{each.flags[-1]}" not in page
        ]
        assert missing == [], command.name


def test_every_setting_is_on_the_page_of_settings() -> None:
    settings = {each.variable for each in load_outline().options if each.panel in PANELS and each.variable}
    assert [each for each in settings if f"`{each}`" not in PAGES["settings.md"]] == []


def test_the_page_of_log_events_has_the_events_and_fields_of_the_code() -> None:
    documented = {name: set(fields) for name, (_, fields, _) in log_events_page.EVENTS.items()}
    found = {name: fields - {"message"} for name, fields in log_events_page.find_events().items()}
    assert found == documented


def test_the_page_of_the_environment_has_the_variables_of_the_code() -> None:
    assert find_variables() - list_variables() == set()


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("Exit with 1 for --fail-on or higher.", "Exit with 1 for `--fail-on` or higher."),
        ("a|b and ref*", r"a\|b and ref\*"),
        ("such as <b>", r"such as \<b\>"),
        ("- is stdin", "- is stdin"),
    ],
)
def test_plain_text_stays_plain_in_a_page(text: str, page: str) -> None:
    assert format_text(text) == page
