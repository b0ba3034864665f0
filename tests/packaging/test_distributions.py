"""The sdist and the wheel are complete, agree, and run with what they declare."""

import email
import hashlib
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email.message import Message
from pathlib import Path

import pytest

from tests.packaging.distributions import (
    BUILT,
    ROOT,
    Built,
    build,
    build_all,
    copy_project,
    create_environment,
)

# Modules of extras, which are imported when they are used.
EXTRAS = {
    "croniter",
    "procrastinate",
    "prometheus_client",
    "psycopg",
    "psycopg_pool",
    "pyarrow",
    "python_socks",
    "truststore",
}
IMPORT_ALL = """
import importlib, json, pkgutil, sitemap_cli
missing, imported = {}, 0
for module in pkgutil.walk_packages(sitemap_cli.__path__, "sitemap_cli."):
    if module.name == "sitemap_cli.storage.migrations.env":  # Alembic runs it
        continue
    try:
        importlib.import_module(module.name)
        imported += 1
    except ModuleNotFoundError as error:
        missing[module.name] = error.name.partition(".")[0]
print(json.dumps({"missing": missing, "imported": imported}))
"""
LOADS_COMPILED = """
from importlib.resources import files
from sitemap_cli.output.report_page import page_templates
loader = page_templates.create_loader(files(page_templates.PACKAGE).joinpath(page_templates.BUILT))
print(type(getattr(loader, "loaders", [loader])[0]).__name__)
"""
SHARED = sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / "share").rglob("*") if path.is_file())
SITE = "site --base-url https://example.com"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    return build_all(tmp_path_factory.mktemp("built"))


@pytest.fixture(scope="module")
def programs(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return create_environment(tmp_path_factory.mktemp("environment"), built.wheel)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new user's home, with a build of a site in it."""
    folder = tmp_path_factory.mktemp("home")
    shutil.copytree(ROOT / "examples" / "site", folder / "site")
    return folder


def run(programs: Path, home: Path, command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{programs}{os.pathsep}/usr/bin{os.pathsep}/bin", "HOME": str(home)}
    return subprocess.run(
        shlex.split(command),
        cwd=home,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )


def run_python(source: Path, code: str) -> subprocess.CompletedProcess[str]:
    """Run code in this environment, but with the package of a folder."""
    environment = {**os.environ, "PYTHONPATH": str(source)}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=source, env=environment, capture_output=True, text=True
    )


def read_metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if each.endswith(".dist-info/METADATA"))
        return email.message_from_bytes(archive.read(name))


def read_files(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}


def test_the_wheel_has_the_package_and_nothing_else(built: Built) -> None:
    package = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / "sitemap_cli").rglob("*")
        if path.is_file() and not {*path.parts} & {*BUILT}
    } | {"sitemap_cli/built_version.py"}
    templates = [name for name in package if name.endswith(".j2")]
    own, others = set(), set()
    for name in read_files(built.wheel):
        (own if name.startswith("sitemap_cli/") else others).add(name)
    compiled = {name for name in own if name.startswith("sitemap_cli/output/report_page/built_templates/")}
    assert own - compiled == package
    assert len(compiled) == len(templates) + 1  # and a digest
    installed = "sitemap_cli-9.8.7.dist-info/"
    expected = {"METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE"}
    assert others == {f"{installed}{name}" for name in expected} | {
        f"sitemap_cli-9.8.7.data/data/{name}" for name in SHARED
    }


def test_man_and_shells_find_what_the_wheel_installs(programs: Path) -> None:
    assert SHARED
    for name in SHARED:
        assert (programs.parent / name).read_bytes() == (ROOT / name).read_bytes()


def test_the_wheel_of_the_sdist_is_the_wheel(built: Built) -> None:
    assert read_files(built.wheel_of_sdist) == read_files(built.wheel)


def test_the_sdist_has_what_a_distributor_needs_and_no_junk(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {member.name.partition("/")[2] for member in archive if member.isfile()}
    assert {"pyproject.toml", "LICENSE", "README.md", "uv.lock", ".ci/run", "tests/conftest.py"} <= names
    assert {
        name for name in names if re.search(r"__pycache__|\.pyc$|(^|/)\.(git|venv|scratch)/|~$|\.db$", name)
    } == set()


def test_the_metadata_is_what_an_index_shows(built: Built) -> None:
    metadata = read_metadata(built.wheel)
    assert metadata["Name"] == "sitemap-cli"
    assert metadata["Version"] == "9.8.7"
    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert str(metadata.get_payload()).strip().startswith("# sitemap")
    assert set(metadata.get_all("Provides-Extra", ())) >= {
        "distributed",
        "metrics",
        "parquet",
        "postgres",
        "socks",
    }


@pytest.mark.parametrize("command", ["sitemap", "sitemap-cli", "python -m sitemap_cli"])
def test_the_program_runs_by_each_of_its_names(programs: Path, home: Path, command: str) -> None:
    done = run(programs, home, f"{command} --version")
    assert (done.returncode, done.stdout, done.stderr) == (0, "sitemap 9.8.7\n", "")


@pytest.mark.parametrize(
    ("command", "code", "printed"),
    [
        (f"sitemap analyze {SITE}", 0, "ok"),
        (f"sitemap check {SITE}", 1, "SM"),
        (f"sitemap check {SITE} --format sarif", 1, '"9.8.7"'),
        (f"sitemap check {SITE} --format junit", 1, "<testsuite"),
        (f"sitemap analyze {SITE} --database new.db", 0, "ok"),
        ("sitemap db upgrade --database other.db", 0, ""),
        ("sitemap db info --database new.db", 0, ""),
        ("sitemap db check --database new.db", 0, ""),
        ("sitemap urls site --database new.db --format xml -o out", 0, ""),
        ("sitemap report site --database new.db", 0, "<!doctype html>"),
        ("sitemap rules show SM302", 0, "SM302"),
        ("sitemap robots site/robots.txt --ai", 0, "GPTBot"),
        ("sitemap urls site --database new.db --format parquet -o urls.parquet", 2, ""),
        ("sitemap jobs list --database postgresql://localhost/x", 5, ""),
    ],
)
def test_commands_need_nothing_that_is_not_declared(
    programs: Path, home: Path, command: str, code: int, printed: str
) -> None:
    if "new.db" in command and not (home / "new.db").exists():
        assert run(programs, home, f"sitemap analyze {SITE} --database new.db").returncode == 0
    done = run(programs, home, command)
    assert done.returncode == code, done.stderr
    assert printed in done.stdout
    assert "Traceback" not in done.stderr
    assert ("pip install " in done.stderr) is (code in {2, 5})


def test_reports_are_written_from_compiled_templates(programs: Path, home: Path) -> None:
    done = run(programs, home, f"python -W error -c {shlex.quote(LOADS_COMPILED)}")
    assert (done.returncode, done.stdout, done.stderr) == (0, "ModuleLoader\n", "")


def test_templates_are_compiled_beside_their_sources_where_an_editable_install_finds_them(
    built: Built,
) -> None:
    done = run_python(built.source, LOADS_COMPILED)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ModuleLoader\n", "")


def test_all_modules_need_only_what_is_declared_or_an_extra(programs: Path, home: Path) -> None:
    done = run(programs, home, f"python -W error -c {shlex.quote(IMPORT_ALL)}")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert set(found["missing"].values()) <= EXTRAS
    assert found["imported"] > 700


@pytest.mark.parametrize(
    ("describe", "version"),
    [
        ("v1.2.3-4-g0123456", r"1\.2\.4\.dev4\+g0123456\w*"),
        (None, r"\d+\.\d+\.\d+\.dev0"),
    ],
)
def test_between_releases_the_version_says_so(tmp_path: Path, describe: str | None, version: str) -> None:
    wheel = build(copy_project(tmp_path / "source", describe), "wheel", tmp_path)
    assert re.fullmatch(version, read_metadata(wheel)["Version"])
