"""Build the documentation site: ``python -m tests.documentation.site`` writes ``build/site/html``.

The pages in ``docs`` and the Markdown files in the root of the repository are copied to a folder, with links
changed to where the copies are. A file that a page links, such as an example, is copied, too. So the site has
no link into the repository, and every link of it can be checked.
"""

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path, PurePosixPath
from urllib.parse import urlsplit

from tests.documentation.built_links import find_broken_links
from tests.markdown import Page

ROOT = Path(__file__).parents[2]
BUILD = ROOT / "build" / "site"
PAGES, HTML = "pages", "html"
CONFIGURATION = "zensical.toml"
# The sections in their order: the folder in `docs`, and the title.
SECTIONS = {
    "tutorial": "Tutorial",
    "how-to": "How-to guides",
    "reference": "Reference",
    "rules": "Rules",
    "explanation": "Explanation",
    "troubleshooting": "Troubleshooting",
    "decisions": "Decisions",
    "project": "Project",
}
# Of the root of the repository.
PROJECT_SECTION = "project"
PROJECT = ("CHANGELOG.md", "CONTRIBUTING.md", "ARCHITECTURE.md", "SECURITY.md")
INDEXES = ("index.md", "README.md")
TITLE = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)
TARGET = re.compile(r"(\]\()([^)\s]+)(\))")
CODE = re.compile(r"`[^`]+`")
FENCE = re.compile(r"^(`{3,}|~{3,})")
ITEM = re.compile(r"^( *)(?:[-*]|\d+\.) ")


def list_pages(root: Path = ROOT) -> list[Path]:
    """Return the Markdown files that become pages of the site."""
    own = [root / name for name in PROJECT if (root / name).exists()]
    return [*sorted((root / "docs").rglob("*.md")), *own]


def place(file: Path, root: Path = ROOT) -> PurePosixPath:
    """Return where the copy of a file is in the site."""
    path = PurePosixPath(file.relative_to(root).as_posix())
    if path.parts[0] == "docs":
        return PurePosixPath(*path.parts[1:])
    if len(path.parts) == 1 and path.suffix == ".md":
        return PurePosixPath("project", path.name.lower())
    return PurePosixPath("files", path)


def copy_pages(folder: Path, root: Path = ROOT) -> None:
    """Copy all pages, and the files that they link, to a folder."""
    shutil.copytree(root / "docs" / "assets", folder / "assets")
    waiting, done = list_pages(root), set[Path]()
    while waiting:
        file = waiting.pop()
        if file in done:
            continue
        done.add(file)
        copy = folder / place(file, root)
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix != ".md":
            shutil.copyfile(file, copy)
            continue
        text, linked = relocate_links(file, root)
        copy.write_text(free_bars(indent_lists(text)), encoding="utf-8")
        waiting.extend(linked)


def relocate_links(file: Path, root: Path = ROOT) -> tuple[str, list[Path]]:
    """Return the text of a page with the links of its copy, and the files that it links."""
    linked: list[Path] = []

    def relocate(match: re.Match[str]) -> str:
        parts = urlsplit(match[2])
        if parts.scheme or parts.netloc or not parts.path:
            return match[0]
        target = (file.parent / parts.path).resolve()
        if target.is_dir():
            target = next((target / name for name in INDEXES if (target / name).exists()), target)
        if not target.is_file():
            raise SystemExit(f"{file.relative_to(root)}: {match[2]} leads nowhere")
        linked.append(target)
        path = _find_relative(place(target, root), place(file, root).parent)
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return f"{match[1]}{path}{fragment}{match[3]}"

    return _change_prose(file.read_text(encoding="utf-8"), lambda line: TARGET.sub(relocate, line)), linked


def indent_lists(text: str) -> str:
    """Return a page with nested lists indented by four blanks, which the generator needs and GitHub does not."""
    levels: list[int] = []

    def indent(line: str) -> str:
        item = ITEM.match(line)
        if item is None and not (line.startswith("  ") and levels):
            if line.strip():
                levels.clear()
            return line
        blanks = len(line) - len(line.lstrip(" "))
        if item:
            levels[:] = [each for each in levels if each < blanks] + [blanks]
            return " " * (4 * (len(levels) - 1)) + line.lstrip(" ")
        return " " * (4 * sum(each < blanks for each in levels)) + line.lstrip(" ")

    return _change_prose(text, indent)


def free_bars(text: str) -> str:
    """Return a page without the backslashes before bars in code, which GitHub needs and the generator shows."""

    def free(line: str) -> str:
        is_row = line.startswith("|")
        return CODE.sub(lambda found: found[0].replace(r"\|", "|"), line) if is_row else line

    return _change_prose(text, free)


def _change_prose(text: str, change: Callable[[str], str]) -> str:
    """Return a text with a change of each line that is not in a fenced block."""
    fence, lines = "", []
    for line in text.splitlines():
        mark = FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
            lines.append(line)
        elif mark:
            fence = mark[1]
            lines.append(line)
        else:
            lines.append(change(line))
    return "\n".join(lines) + "\n"


def _find_relative(target: PurePosixPath, folder: PurePosixPath) -> str:
    common = 0
    for one, other in zip(target.parts[:-1], folder.parts, strict=False):
        if one != other:
            break
        common += 1
    return "/".join([*[".."] * (len(folder.parts) - common), *target.parts[common:]])


def build_navigation(folder: Path) -> list[object]:
    """Return the navigation of the copied pages: the sections in order, the pages of each by title."""
    first = next((name for name in INDEXES if (folder / name).exists()), None)
    navigation: list[object] = [{"Home": first}] if first else []
    for name, title in SECTIONS.items():
        pages = list(_list_section(folder / name, folder)) if (folder / name).is_dir() else []
        if (folder / f"{name}.md").exists():
            pages.insert(0, f"{name}.md")
        if name == PROJECT_SECTION:
            pages += [{find_title(each): each.name} for each in _list_others(folder)]
        if pages:
            navigation.append({title: pages})
    return navigation


def _list_others(folder: Path) -> list[Path]:
    """Return the pages beside the sections, such as how to release a version."""
    return [
        each for each in sorted(folder.glob("*.md")) if each.name not in INDEXES and each.stem not in SECTIONS
    ]


def _list_section(section: Path, folder: Path) -> Iterator[object]:
    files = [each for each in section.iterdir() if each.suffix == ".md" or each.is_dir()]
    for each in sorted(files, key=_rank):
        path = each.relative_to(folder).as_posix()
        if each.is_dir():
            yield {each.name.replace("-", " ").capitalize(): list(_list_section(each, folder))}
        else:
            yield path if each.name in INDEXES else {find_title(each): path}


def _rank(file: Path) -> tuple[int, str]:
    """Sort the page of a folder first, numbered pages by number, others by title, folders last."""
    if file.is_dir():
        return 3, file.name
    if file.name in INDEXES:
        return 0, ""
    return (1, file.name) if re.match(r"\d|SM\d", file.name) else (2, find_title(file).casefold())


def find_title(file: Path) -> str:
    """Return the first heading of a page, without its marks."""
    found = TITLE.search(Page.of(file).prose)
    return re.sub(r"[`*]", "", found[1]) if found else file.stem


def write_configuration(build: Path, root: Path = ROOT) -> Path:
    """Write the configuration of the generator: ours, with the folders and the navigation."""
    text = (root / CONFIGURATION).read_text(encoding="utf-8")
    navigation = _format_toml(build_navigation(build / PAGES))
    own = f'docs_dir = "{PAGES}"\nsite_dir = "{HTML}"\nnav = {navigation}\n'
    head, table, rest = text.partition("[project]\n")
    file = build / CONFIGURATION
    file.write_text(f"{head}{table}{own}{rest}", encoding="utf-8")
    return file


def _format_toml(value: object) -> str:
    if isinstance(value, list):
        return "[" + ", ".join(map(_format_toml, value)) + "]"
    if isinstance(value, dict):
        return (
            "{ "
            + ", ".join(f"{json.dumps(key)} = {_format_toml(each)}" for key, each in value.items())
            + " }"
        )
    return json.dumps(value, ensure_ascii=False)


def build_site(build: Path = BUILD) -> Path:
    """Build the site, and return the folder of its pages; a warning or a broken link is an error."""
    shutil.rmtree(build, ignore_errors=True)
    copy_pages(build / PAGES)
    file = write_configuration(build)
    command = [sys.executable, "-m", "zensical", "build", "--strict", "--clean", "--config-file", str(file)]
    result = subprocess.run(command, check=False, text=True, capture_output=True)
    if result.returncode or "warning" in result.stdout.lower():
        raise SystemExit(f"{result.stdout}{result.stderr}")
    report(find_broken_links(build / HTML))
    return build / HTML


def report(broken: Iterable[str]) -> None:
    """Exit with an error if there are broken links."""
    if lines := list(broken):
        raise SystemExit("\n".join(lines))


if __name__ == "__main__":
    folder = build_site()
    count = sum(1 for _ in folder.rglob("*.html"))
    print(f"{count} pages, no broken link: {folder / 'index.html'}")
