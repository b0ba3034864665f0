"""The container file: what it promises to whoever runs the image, as far as a text can show it."""

import json
import re
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINES = re.sub(r"\\\n\s*", "", (ROOT / "Containerfile").read_text(encoding="utf-8")).splitlines()
STEPS = [tuple(line.split(maxsplit=1)) for line in LINES if line and not line.startswith("#")]
LAST_STAGE = STEPS[max(index for index, (name, _) in enumerate(STEPS) if name == "FROM") :]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
IGNORED = [
    line
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def find(name: str, steps: list[tuple[str, ...]] = LAST_STAGE) -> list[str]:
    return [value for step, value in steps if step == name]


def is_in_context(path: str) -> bool:
    """Whether the build sees a path: the last pattern that matches it, or a folder above it, decides."""
    seen = True
    for pattern in IGNORED:
        plain = pattern.removeprefix("!").removeprefix("**/")
        parts = [path, *path.split("/"), *map(str, Path(path).parents)]
        if any(fnmatch(part, plain) for part in parts):
            seen = pattern.startswith("!")
    return seen


def test_the_base_is_pinned_by_digest() -> None:
    (base,) = [value for value in find("ARG", STEPS) if value.startswith("PYTHON=")]
    assert re.fullmatch(r"PYTHON=docker\.io/library/python:3\.\d+-slim@sha256:[0-9a-f]{64}", base)
    assert {value.split()[0] for value in find("FROM", STEPS)} == {"${PYTHON}"}


def test_the_program_runs_as_a_user_with_a_number_that_owns_the_volume() -> None:
    (user,), (volume,), (create,) = find("USER"), find("VOLUME"), find("RUN")
    number, group = user.split(":")
    assert int(number) > 0
    assert create == f"install --directory --owner {number} --group {group} {volume}"
    (variables,) = find("ENV")
    assert f"SITEMAP_DATABASE={volume}/" in variables
    assert find("WORKDIR") == [volume]


def test_the_program_is_process_1_so_that_it_gets_the_signals() -> None:
    (entry,), (command,) = find("ENTRYPOINT"), find("CMD")
    assert json.loads(entry) == ["sitemap"]
    assert json.loads(command) == ["--help"]
    assert find("STOPSIGNAL") == []


def test_the_extras_exist() -> None:
    (extras,) = [value for value in find("ARG", STEPS) if value.startswith("EXTRAS=")]
    assert set(extras.partition("=")[2].strip('"').split()) <= set(
        PROJECT["project"]["optional-dependencies"]
    )


def test_the_build_sees_what_it_needs() -> None:
    hatch = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
    needed = [
        *hatch["packages"],
        *hatch.get("shared-data", {}),
        *hatch.get("force-include", {}),
        *PROJECT["project"]["license-files"],
        *("pyproject.toml", "uv.lock", "README.md", "hatch_build.py", "sitemap_cli/py.typed"),
        *(path.relative_to(ROOT).as_posix() for path in (ROOT / "sitemap_cli").rglob("*.toml")),
    ]
    assert [path for path in needed if not is_in_context(path)] == []


@pytest.mark.parametrize(
    "path",
    [".git", ".git/config", ".venv/bin/python", "sitemap.db", ".env", "tests/conftest.py", "dist/a.whl",
     "sitemap_cli/__pycache__/a.pyc", "sitemap_cli/built_version.py", "sitemap.toml",
     "sitemap_cli/output/report_page/built_templates/a.py"],
)  # fmt: skip
def test_the_build_sees_no_secret_and_no_junk(path: str) -> None:
    assert not is_in_context(path)
