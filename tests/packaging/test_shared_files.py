"""The manual page and the completion scripts are current; the page has every command and option."""

from sitemap_cli.cli.framework.app import load_outline
from tests.documentation.completion_files import build_completion_files
from tests.documentation.man_page import MAN_PAGE, build_man_page, escape
from tests.documentation.reference.commands_pages import list_leaves


def test_the_page_is_current() -> None:
    assert MAN_PAGE.read_text(encoding="utf-8") == build_man_page(), "make pages"


def test_the_page_has_every_command_and_option() -> None:
    page = build_man_page()
    for command in list_leaves(load_outline()):
        assert f'.SS "{escape(command.name)}"' in page
        for option in command.options:
            if option.name not in {"help", "help_all"}:
                assert f"\\fB{escape(option.spelling)}\\fR" in page


def test_text_is_never_taken_for_a_request() -> None:
    assert escape(".so /etc/passwd\n'x") == "\\&.so /etc/passwd\n\\&'x"
    assert escape("a\\b --c") == "a\\eb \\-\\-c"


def test_the_completion_scripts_are_current() -> None:
    for file, text in build_completion_files().items():
        assert file.read_text(encoding="utf-8") == text, "make pages"
