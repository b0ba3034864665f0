"""Messages of faults are safe to print."""

import pytest

from sitemap_cli.fetch.fetch_errors import MAX_MESSAGE, build_too_slow_fault, sanitize_message


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("plain words", "plain words"),
        ("two\r\n  lines\t", "two lines"),
        ("\x1b[31mred\x07", "\\x1b[31mred\\x07"),
        ("\x9b31m\x7f", "\\x9b31m\\x7f"),
        ("a\u202eb\u200bc\ufeff", "a\\u202eb\\u200bc\\ufeff"),
        ("lone \udce9", "lone \\udce9"),
        ("at https://me:secret@example.com/x", "at https://example.com/x"),
        ("größer", "größer"),
        ("x" * 1000, "x" * (MAX_MESSAGE - 1) + "…"),
    ],
)
def test_a_message_is_one_line_without_control_characters_and_passwords(text, printed):
    assert sanitize_message(text) == printed


def test_the_minimum_speed_is_part_of_the_message():
    assert build_too_slow_fault(1024).reason == "too-slow"
    assert "1,024 bytes per second" in build_too_slow_fault(1024).message
