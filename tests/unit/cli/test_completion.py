"""What shells offer while a command line is typed: commands, options, values, and names from the database."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from sitemap_cli.cli.framework.app import build_root
from sitemap_cli.cli.framework.completion_answers import answer_bash, answer_words, print_answer, quote_word
from sitemap_cli.cli.framework.completion_candidates import complete_words
from sitemap_cli.cli.framework.completion_installation import get_script, install_completion
from sitemap_cli.cli.framework.completion_scripts import SCRIPTS
from sitemap_cli.errors import UsageError
from sitemap_cli.storage.recorded_names import MOST_ROWS

TABLES = """
CREATE TABLE domains (id INTEGER PRIMARY KEY, tenant TEXT, name TEXT, note TEXT);
CREATE TABLE tags (domain_id INTEGER, tag TEXT);
CREATE TABLE jobs (id TEXT, tenant TEXT, target TEXT, verdict TEXT, status TEXT, created_at TEXT);
CREATE TABLE batches (id TEXT, tenant TEXT, source TEXT, status TEXT, created_at TEXT);
INSERT INTO domains VALUES (1, 'default', 'a.example', 'first'), (2, 'default', 'b.example:8080', NULL),
  (3, 'shop', 'c.example', NULL), (4, 'default', 'n' || char(10) || 'ewline', NULL),
  (5, 'default', 'e' || char(27) || '[31m', NULL), (6, 'default', '$(touch pwned)', 'a' || char(9) || 'b');
INSERT INTO tags VALUES (1, 'news'), (2, 'news'), (1, 'old'), (3, 'other');
INSERT INTO jobs VALUES ('0192-a', 'default', 'a.example', 'ok', 'completed', '2026-11-29 10:00:00'),
  ('0193-b', 'default', 'b.example', NULL, 'running', '2026-11-29 11:00:00');
INSERT INTO batches VALUES ('0199-c', 'default', 'list.txt', 'completed', '2026-11-29 10:00:00');
"""


@pytest.fixture(scope="module")
def root() -> Any:
    return build_root()


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A database with names that the variable selects."""
    path = tmp_path / "sitemap.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(TABLES)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SITEMAP_DATABASE", str(path))
    return path


def offered(root: Any, line: str) -> list[str]:
    """The words that can replace the last one of a line; blanks separate the words."""
    *before, current = line.split(" ")
    return [word for word, _ in complete_words(root, before, current).words]


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("anal", ["analyze"]),
        ("batch ", ["run", "list", "show"]),
        ("batch l", ["list"]),
        ("jobs p", ["prune"]),
        ("--tenant shop jobs p", ["prune"]),
        ("nothing ", []),
        ("check --fail", ["--fail-on"]),
        ("batch --resu", ["--resume"]),
        ("batch --ver", ["--verbose"]),
        ("check --fail-on ", ["error", "warning", "info", "never"]),
        ("check --fail-on=w", ["--fail-on=warning"]),
        ("check --format s", ["sarif"]),
        ("check --format json --format s", ["sarif"]),
        ("check --wait --wai", []),
        ("check --select SM30", [f"SM30{n}" for n in range(1, 10)]),
        ("check --select SM1,SM303", ["SM1,SM303"]),
        ("check --ignore loc-too", ["loc-too-long"]),
        ("check --severity SM303=", ["SM303=error", "SM303=warning", "SM303=info"]),
        ("check --probe ex", []),
        ("rules show loc-too", ["loc-too-long"]),
        ("jobs list --verdict ok,bl", ["ok,blocked"]),
        ("jobs list --status can", ["cancelled"]),
        ("urls a", ["a.example"]),
        ("urls a.example a", []),
        ("--tenant shop urls ", ["c.example"]),
        ("urls --tenant=shop ", ["c.example"]),
        ("urls --has im", ["image"]),
        ("domains tag a.example n", ["news"]),
        ("domains list --tag ", ["news", "old"]),
        ("domains list --tag news,o", ["news,old"]),
        ("jobs show ", ["last", "0193-b", "0192-a"]),
        ("jobs list --batch 01", ["0199-c"]),
        ("batch show 01", ["0199-c"]),
        ("diff a.example --from 0193", ["0193-b"]),
        ("check --job last --job 0192", ["0192-a"]),
        ("analyze -- -", []),
        ("schema che", ["check", "check-line"]),
        ("completion f", ["fish"]),
        ("help je", []),
        ("jobs list --limit ", []),
        ("--database missing.db urls ", []),
        ("--database postgresql://a@b/c urls ", []),
        ("--config missing.toml urls --help", ["--help"]),
    ],
)
def test_what_is_offered(line: str, words: list[str], root: Any) -> None:
    found = offered(root, line)
    assert found == words if line != "schema che" else set(found) <= set(words)


def test_a_database_is_neither_created_nor_changed(root: Any, database: Path) -> None:
    before = database.read_bytes(), sorted(each.name for each in database.parent.iterdir())
    for line in ("urls ", "--database new/other.db urls ", "jobs show ", "domains list --tag "):
        offered(root, line)
    assert (database.read_bytes(), sorted(each.name for each in database.parent.iterdir())) == before


def test_names_that_another_process_has_just_written_are_offered(root: Any, database: Path) -> None:
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("INSERT INTO domains VALUES (9, 'default', 'new.example', NULL)")
        other.commit()
        assert offered(root, "urls new") == ["new.example"]


def test_only_so_many_names_are_offered_as_a_screen_can_show(root: Any, database: Path) -> None:
    with closing(sqlite3.connect(database)) as other:
        rows = [(100 + n, "default", f"z{n:04}.example") for n in range(3 * MOST_ROWS)]
        other.executemany("INSERT INTO domains (id, tenant, name) VALUES (?, ?, ?)", rows)
        other.commit()
    assert len(offered(root, "urls z")) == MOST_ROWS
    assert offered(root, "urls z0299") == ["z0299.example"]


@pytest.mark.parametrize("content", [b"", b"not a database" * 100, None])
def test_a_file_that_is_no_database_has_no_names(content: bytes | None, root: Any, database: Path) -> None:
    database.unlink()
    if content is not None:
        database.write_bytes(content)
    assert offered(root, "urls ") == []


def test_the_configuration_file_selects_the_database(
    root: Any, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SITEMAP_DATABASE")
    (database.parent / "other.toml").write_text('database = "sitemap.db"\ntenant = "shop"\n')
    assert offered(root, "--config other.toml urls ") == ["c.example"]


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("sitemap analyze a", "files"),
        ("sitemap urls b.example:8", "8080"),
        ("sitemap check --format=js", "json"),
        ("sitemap urls $", None),
        (r"sitemap urls \$", r"\$\(touch\ pwned\)"),
        ("sitemap urls '$", "$(touch pwned)"),
        ('sitemap urls "', r"\$(touch pwned)"),
        ("sitemap --tenant 'shop' urls ", "c.example"),
    ],
)
def test_words_are_quoted_for_bash(line: str, answer: str | None, root: Any) -> None:
    head, *words = answer_bash(root, line).splitlines()
    assert answer is None or answer in [head, *words]
    assert not any("$(" in word and r"\$(" not in word and "'" not in line for word in words)


@pytest.mark.parametrize(
    ("word", "quote", "quoted"),
    [
        ("a b", "", r"a\ b"),
        ("~x#`;|&<>*?[]{}!", "", r"\~x\#\`\;\|\&\<\>\*\?\[\]\{\}\!"),
        ("a'b", "'", None),
        ("a!b", '"', None),
        ('a"$`\\b', '"', r"a\"\$\`\\b"),
    ],
)
def test_a_word_in_a_quote(word: str, quote: str, quoted: str | None) -> None:
    assert quote_word(word, quote) == quoted


def test_descriptions_are_one_line_and_bash_shows_them_in_a_list_only(root: Any) -> None:
    assert "$(touch pwned)\ta b\n" in answer_words(root, "zsh", ["urls", ""])
    plain, listed = (answer_bash(root, "sitemap jobs show ", kind) for kind in ("9", "63"))
    assert "(" not in plain
    assert "0192-a  (a.example, ok, 2026-11-29 10:00)" in listed
    assert "\x1b" not in answer_words(root, "fish", ["urls", ""])


def test_a_completion_does_not_wait_for_a_configuration_from_a_pipe(root: Any, database: Path) -> None:
    os.mkfifo(database.parent / "pipe.toml")
    assert offered(root, "--config pipe.toml urls ") == []


@pytest.mark.parametrize("arguments", [[], ["tcsh"], ["bash"], ["bash", "sitemap --config x.toml urls "]])
def test_a_completion_never_fails(
    arguments: list[str], root: Any, database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (database.parent / "x.toml").write_text("nonsense")
    print_answer(root, arguments)
    assert capsys.readouterr().err == ""


BASH = """
. ./script
COMP_LINE=$1 COMP_POINT=${#1} COMP_TYPE=9
_sitemap_completion ./sitemap
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("bash", [each for each in [shutil.which("bash")] if each])
def test_the_script_for_bash_offers_words_and_runs_nothing(bash: str, root: Any, tmp_path: Path) -> None:
    answer = tmp_path / "sitemap"
    answer.write_text("#!/bin/sh\nprintf '%s\\n' none '\\$\\(touch\\ pwned\\)' \"$3\"\n")
    answer.chmod(0o755)
    (tmp_path / "script").write_text(get_script("bash"))
    line = "sitemap urls $(touch pwned)"
    done = subprocess.run([bash, "--norc", "-c", BASH, "x", line], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [r"\$\(touch\ pwned\)", line]
    assert not (tmp_path / "pwned").exists()


CHECKS = {"bash": "-n", "zsh": "-n", "fish": "--no-execute"}


@pytest.mark.parametrize("shell", [each for each in CHECKS if shutil.which(each)])
def test_the_scripts_have_no_syntax_errors(shell: str, tmp_path: Path) -> None:
    (tmp_path / "script").write_text(SCRIPTS[shell])
    done = subprocess.run([shell, CHECKS[shell], "script"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("shell", "file", "startup"),
    [
        ("bash", ".local/share/bash-completion/completions/sitemap", ".bashrc"),
        ("zsh", ".zfunc/_sitemap", ".zshrc"),
        ("fish", ".config/fish/completions/sitemap.fish", None),
    ],
)
def test_a_script_is_installed_once(
    shell: str, file: str, startup: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    if startup is not None:
        (tmp_path / startup).write_text("# mine")
    assert str(tmp_path / file) in install_completion(shell)
    install_completion(shell)
    assert (tmp_path / file).read_text() == SCRIPTS[shell]
    if startup is not None:
        first, added = (tmp_path / startup).read_text().splitlines()
        assert first == "# mine"
        assert "completion of sitemap" in added


def test_an_unknown_shell_has_a_suggestion() -> None:
    with pytest.raises(UsageError) as raised:
        get_script("bahs")
    assert raised.value.hint == "did you mean bash?"
