"""Patterns find files below a folder."""

import os

import pytest

from sitemap_cli.errors import UnreadableError
from sitemap_cli.inputs import glob_patterns


@pytest.fixture
def folder(tmp_path):
    for name in ("a.xml", "b.txt", "x/a.xml", "x/y/a.xml", "x/y/z.txt", ".h/a.xml", "x/.i.xml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "link").symlink_to("x")
    (tmp_path / "x" / "back").symlink_to("..")
    return tmp_path


def names(folder, *patterns):
    return [str(each.relative_to(folder)) for each in glob_patterns.match_files(folder, patterns)]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("*.xml", ["a.xml"]),
        ("*/*.xml", ["link/a.xml", "x/a.xml"]),
        ("x/**", ["x/a.xml", "x/y/a.xml", "x/y/z.txt"]),
        ("**/a.xml", ["a.xml", "x/a.xml", "x/y/a.xml"]),
        ("**/**/a.xml", ["a.xml", "x/a.xml", "x/y/a.xml"]),
        ("**/y/*", ["x/y/a.xml", "x/y/z.txt"]),
        ("x/back/*.txt", ["x/back/b.txt"]),
        (".h/*", [".h/a.xml"]),
        ("**/.*", ["x/.i.xml"]),
        ("[ab].???", ["a.xml", "b.txt"]),
        ("A.xml", []),
        ("a.xml/*", []),
        ("x", []),
    ],
)
def test_a_pattern_fits(folder, pattern, found):
    assert names(folder, tuple(pattern.split("/"))) == found


def test_several_patterns_find_a_file_once(folder):
    assert names(folder, ("**", "*.xml"), ("a.*",), ("*.txt",)) == ["a.xml", "b.txt", "x/a.xml", "x/y/a.xml"]


@pytest.mark.parametrize(
    ("globs", "expected"),
    [([], [("**", "*")]), (["*.xml"], [("**", "*.xml")]), (["a/*", "b"], [("a", "*"), ("**", "b")])],
)
def test_a_glob_without_a_slash_fits_at_any_depth(globs, expected):
    assert glob_patterns.parse_globs(globs) == expected


@pytest.mark.parametrize(
    ("pattern", "base", "parts"),
    [
        ("*.xml", ".", ("*.xml",)),
        ("./a/b/*/c", "a/b", ("*", "c")),
        ("/a?", "/", ("a?",)),
        ("../[x]", "..", ("[x]",)),
        ("~nobody-of-this-name/*", "~nobody-of-this-name", ("*",)),
    ],
)
def test_a_pattern_begins_in_a_folder(pattern, base, parts):
    found, rest = glob_patterns.split_pattern(pattern)
    assert (str(found), rest) == (base, parts)


def test_a_folder_that_cannot_be_listed_is_reported_in_its_place(folder, monkeypatch):
    real = os.scandir

    def scandir(path):
        if path == folder / "x":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    first, second, error = glob_patterns.match_files(folder, [("**", "*")])
    assert (first.name, second.name) == ("a.xml", "b.txt")
    assert isinstance(error, UnreadableError)
    assert str(error) == f"cannot list ({folder / 'x'}): Permission denied"


@pytest.fixture
def deep(tmp_path):
    """Create a folder deeper than the stack of Python; the fixture removes it, because shutil cannot."""
    (tmp_path / "a").touch()
    path = tmp_path
    for _ in range(1_200):
        path /= "d"
        path.mkdir()
    yield tmp_path
    os.removedirs(path)


def test_a_deep_folder_is_searched_without_recursion(deep):
    assert names(deep, ("**", "*")) == ["a"]
