"""SOURCE arguments of the command line."""

from pathlib import Path

import pytest

from sitemap_cli.errors import UnreadableError, UsageError
from sitemap_cli.inputs import sources


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "-").touch()
    (tmp_path / "a[1].xml").touch()
    (tmp_path / "a1.xml").touch()


@pytest.mark.parametrize(
    ("source", "is_one"),
    [
        ("-", True),
        ("a1.xml", True),
        ("a[1].xml", True),
        ("missing.xml", True),
        ("https://a.example/?x=[1]*", True),
        ("a\0b", True),
        ("n" * 5000, True),
        ("folder", False),
        ("folder/", False),
        ("a[12].xml", False),
        ("?\0", False),
    ],
)
def test_a_file_and_a_url_are_one_document(source, is_one):
    assert sources.is_single_document(source) is is_one


def test_what_was_found_is_a_path_and_what_was_named_is_text():
    assert list(sources.expand_source("-", [])) == ["-"]
    assert list(sources.expand_source("missing", [])) == ["missing"]
    assert list(sources.expand_source("folder", [])) == [Path("folder/-")]
    assert list(sources.expand_source("[f]older/*", [])) == [Path("folder/-")]


@pytest.mark.parametrize(
    ("source", "globs", "why"),
    [
        ("folder", ["*.xml"], "no file matches *.xml"),
        ("*.gz", ["*.xml"], "there is no such file"),
        ("a1.xml/*", [], "there is no such file"),
        ("?\0", [], "there is no such file"),
    ],
)
def test_nothing_is_an_error_of_its_own(source, globs, why):
    (error,) = sources.expand_source(source, globs)
    assert isinstance(error, UnreadableError)
    assert str(error) == f"nothing to read ({source}): {why}"


@pytest.mark.parametrize(
    ("given", "base_url", "message"),
    [
        (["-", "a", "-"], None, "standard input can be read only once (-)"),
        (
            ["a", "ftp://x.example"],
            None,
            "not a usable URL (ftp://x.example): only http and https URLs can be fetched",
        ),
        (["http://u:p@/"], None, "not a usable URL (http:///): 'http:///' is not a complete URL"),
        (["a"], "b", "unusable base (--base-url b): 'b' is not a complete URL"),
    ],
)
def test_a_command_line_that_makes_no_sense_is_refused(given, base_url, message):
    with pytest.raises(UsageError) as raised:
        sources.check_sources(given, base_url)
    assert str(raised.value) == message


def test_a_command_line_that_makes_sense_is_not():
    sources.check_sources(["-", "a", "folder", "https://a.example/"], "https://b.example/")
