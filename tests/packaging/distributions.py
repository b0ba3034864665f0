"""An sdist and a wheel, built from a copy of the project; environments with what a wheel declares."""

import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
BUILT = ("__pycache__", "built_version.py", "built_templates")
"""What builds and runs write into the package."""
ARCHIVE = (
    "node: 0123456789abcdef0123456789abcdef01234567\nnode-date: 2026-01-01T00:00:00Z\ndescribe-name: {}\n"
)


@dataclass(frozen=True, slots=True)
class Built:
    """The files of one build, and the copy of the project that it was made in."""

    source: Path
    sdist: Path
    wheel: Path
    wheel_of_sdist: Path


def copy_project(target: Path, describe: str | None) -> Path:
    """Copy the project as an archive of a commit, which ``git describe`` calls ``describe``."""
    target.mkdir()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    for pattern in project["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]:
        for path in ROOT.glob(pattern.removeprefix("/")):
            if path.is_dir():
                shutil.copytree(path, target / path.name, ignore=shutil.ignore_patterns(*BUILT))
            else:
                shutil.copy(path, target)
    if describe:
        (target / ".git_archival.txt").write_text(ARCHIVE.format(describe))
    else:
        (target / ".git_archival.txt").unlink()
    return target


def build(source: Path, kind: str, folder: Path) -> Path:
    """Build a distribution with the build backend of this environment, and return its path."""
    command = [
        sys.executable,
        "-m",
        "hatchling",
        "build",
        "--target",
        kind,
        "--directory",
        str(folder),
    ]
    subprocess.run(command, cwd=source, check=True, capture_output=True, text=True, env=_without_git(source))
    (found,) = folder.glob("*.whl" if kind == "wheel" else "*.tar.gz")
    return found


def build_all(folder: Path, describe: str | None = "v9.8.7") -> Built:
    """Build the sdist, the wheel, and the wheel of the sdist."""
    source = copy_project(folder / "source", describe)
    sdist = build(source, "sdist", folder / "sdist")
    with tarfile.open(sdist) as archive:
        archive.extractall(folder / "extracted", filter="data")
    (extracted,) = (folder / "extracted").iterdir()
    return Built(
        source,
        sdist,
        build(source, "wheel", folder / "wheel"),
        build(extracted, "wheel", folder / "wheel_of_sdist"),
    )


def create_environment(folder: Path, wheel: Path) -> Path:
    """Install a wheel into a new environment, with nothing but what it requires.

    Returns:
        The folder of its programs.
    """
    # What it requires comes from this environment, so that nothing is downloaded.
    venv.create(folder, with_pip=True, symlinks=os.name != "nt")
    programs = folder / ("Scripts" if os.name == "nt" else "bin")
    pip = [str(programs / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-index", "--no-deps", str(wheel)], check=True)
    where = [str(programs / "python"), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = Path(subprocess.run(where, check=True, capture_output=True, text=True).stdout.strip())
    (metadata,) = packages.glob("sitemap_cli-*.dist-info")
    for required in _find_requirements(Distribution.at(metadata)):
        _link(required, packages)
    subprocess.run([*pip, "check"], check=True)
    return programs


def _without_git(source: Path) -> dict[str, str]:
    """Let no version of a repository around the copy, or of the environment, be taken for its own."""
    own = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("SETUPTOOLS_SCM", "SITEMAP_"))
    }
    return {**own, "GIT_CEILING_DIRECTORIES": str(source.parent)}


def _find_requirements(root: Distribution) -> Iterator[Distribution]:
    """Find the distributions that one requires, directly or not."""
    seen: set[tuple[str, str]] = set()
    waiting: list[tuple[Distribution, str]] = [(root, "")]
    while waiting:
        found, extra = waiting.pop()
        for required in map(Requirement, found.requires or ()):
            if required.marker and not required.marker.evaluate({"extra": extra}):
                continue
            for wanted in ("", *required.extras):
                if (required.name, wanted) not in seen:
                    seen.add((required.name, wanted))
                    waiting.append((distribution(required.name), wanted))
                    yield waiting[-1][0]


def _link(required: Distribution, packages: Path) -> None:
    for name in {file.parts[0] for file in required.files or ()} - {"..", "__pycache__"}:
        link = packages / name
        if not link.exists():
            link.symlink_to(Path(str(required.locate_file(name))))
