from pathlib import Path
from typing import Any

import pytest

from sitemap_cli import settings
from sitemap_cli.configuration import load_command_tables, read_list_variable, resolve_settings
from sitemap_cli.errors import ConfigurationError
from sitemap_cli.settings import Settings


def configured(tmp_path: Path, text: str, name: str = "sitemap.toml") -> Path:
    file = tmp_path / name
    file.write_text(text)
    return file


def test_flags_take_precedence_over_the_file_and_the_file_over_the_defaults(tmp_path: Path) -> None:
    file = configured(tmp_path, "retries = 5\ntimeout = 3\ndelay = 0.5\n")
    found = resolve_settings({"retries": 7, "timeout": None}, file)
    assert (found.retries, found.timeout, found.delay, found.per_host) == (7, 3.0, 0.5, Settings().per_host)


@pytest.mark.parametrize(
    ("text", "name", "value"),
    [
        ("max-urls = 5", "max_urls", 5),
        ("max_urls = 5", "max_urls", 5),
        ("quiet = true", "quiet", True),
        ("timeout = 5", "timeout", 5.0),
        ("header = ['A: b', 'C: d']", "header", ("A: b", "C: d")),
        ("proxy = 'http://proxy:3128'", "proxy", "http://proxy:3128"),
        ("log-format = 'json'", "log_format", "json"),
        ("verbose = 2", "verbose", 2),
        ("\ufeffquiet = true", "quiet", True),
    ],
)
def test_a_key_of_the_file_has_the_type_of_the_setting(
    text: str, name: str, value: Any, tmp_path: Path
) -> None:
    assert getattr(resolve_settings({}, configured(tmp_path, text)), name) == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("unknown = 1", "unknown setting"),
        ("max_urls = '5'", "it must be a whole number"),
        ("max_urls = 0", "0 is less than 1"),
        ("timeout = true", "it must be a number"),
        ("timeout = nan", "nan is less than 0.001"),
        ("quiet = 1", "it must be true or false"),
        ("user = 5", "it must be a string"),
        ("include = ['a', 5]", "it must be a list of strings"),
        ("log_format = 'xml'", "it must be one of text, json"),
        ("quiet = ", "cannot read the configuration"),
    ],
)
def test_an_invalid_key_is_an_error_that_names_the_file(text: str, message: str, tmp_path: Path) -> None:
    file = configured(tmp_path, text)
    with pytest.raises(ConfigurationError) as caught:
        resolve_settings({}, file)
    assert message in str(caught.value)
    assert str(file) in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_text_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "sitemap.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError):
        resolve_settings({}, tmp_path / "sitemap.toml")


@pytest.mark.parametrize(
    ("value", "path"),
    [("data.db", "{folder}/data.db"), ("/data.db", "/data.db"), ("postgresql://h/n", "postgresql://h/n")],
)
def test_paths_are_relative_to_the_folder_of_the_configuration_file(
    value: str, path: str, tmp_path: Path
) -> None:
    found = resolve_settings({}, configured(tmp_path, f"database = '{value}'"))
    assert found.database == path.format(folder=tmp_path)


def test_the_nearest_configuration_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    monkeypatch.chdir(deep)
    assert resolve_settings({}, None) == Settings()
    configured(tmp_path, "[tool.sitemap]\nretries = 9", "pyproject.toml")
    assert resolve_settings({}, None).retries == 9
    configured(tmp_path / "a", "[tool.sitemapper]\nretries = 1", "pyproject.toml")
    assert resolve_settings({}, None).retries == 9
    configured(tmp_path / "a", "[tool.sitemap.jobs.list]\nlimit = 1", "pyproject.toml")
    assert resolve_settings({}, None) == Settings()
    configured(deep, "retries = 8")
    assert resolve_settings({}, None).retries == 8


def test_a_removed_working_folder_has_no_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert resolve_settings({}, None) == Settings()
    assert load_command_tables(None) is None


def test_tables_are_for_commands(tmp_path: Path) -> None:
    file = configured(tmp_path, "quiet = true\n[analyze]\nformat = 'json'\n")
    assert load_command_tables(file) == (file, {"analyze": {"format": "json"}})
    assert resolve_settings({}, file) == Settings(quiet=True)


def test_a_variable_may_hold_a_value_on_each_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITEMAP_HEADER", "A: b c\n\n  D: e\n")
    assert read_list_variable("SITEMAP_HEADER") == ["A: b c", "D: e"]
    assert read_list_variable("SITEMAP_COOKIE") == []


def test_every_setting_is_on_a_panel_and_explained() -> None:
    panels = (settings.GLOBAL, settings.FETCH, settings.KEEP)
    shown = [each.name for name in panels for each in settings.list_settings(name)]
    assert len(shown) == len(set(shown)) == len(settings.TYPES)
    explained = (*settings.list_settings(settings.FETCH), *settings.list_settings(settings.KEEP))
    assert all(each.metadata["help"] for each in explained)
