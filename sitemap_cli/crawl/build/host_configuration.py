"""Finds the configuration files of hosts in a build and beside it, and reads their rules."""

import json
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sitemap_cli.crawl.build import structured_configurations as structured
from sitemap_cli.crawl.build import text_configurations as texts
from sitemap_cli.crawl.build.host_rules import HeaderRule, HostRule, HostRules
from sitemap_cli.crawl.build.host_shapes import (
    APACHE,
    AZURE,
    CLOUDFLARE,
    FIREBASE,
    GITHUB,
    NETLIFY,
    VERCEL,
    find_host,
)
from sitemap_cli.crawl.build.page_files import PageFiles
from sitemap_cli.crawl.build.site_folder import NameKind, SiteFolder
from sitemap_cli.crawl.build.structured_configurations import Configuration
from sitemap_cli.crawl.pages.robots_directives import find_noindex
from sitemap_cli.crawl.targets import escape_undecoded

MAX_BYTES = 4 * 1024 * 1024
"""Larger configuration files are not read."""
MAX_TOML_BYTES = 1024 * 1024
MAX_DOTS = 100
"""Dots outside of strings in a line of TOML: reading a key takes time that grows with their square."""
MAX_PARENTS = 3
"""Folders above a build where its configuration is looked for."""

SIGNS = {
    structured.VERCEL_JSON: VERCEL,
    structured.NETLIFY_TOML: NETLIFY,
    structured.FIREBASE_JSON: FIREBASE,
    structured.AZURE_JSON: AZURE,
    "_worker.js": CLOUDFLARE,
    "_routes.json": CLOUDFLARE,
    "wrangler.toml": CLOUDFLARE,
    "wrangler.jsonc": CLOUDFLARE,
    "wrangler.json": CLOUDFLARE,
    ".htaccess": APACHE,
    "CNAME": GITHUB,
}
"""Files that show which host a build is for."""
STRUCTURED = (
    structured.VERCEL_JSON,
    structured.NETLIFY_TOML,
    structured.FIREBASE_JSON,
    structured.AZURE_JSON,
)
BESIDE = (*STRUCTURED, "wrangler.toml", "wrangler.jsonc", "wrangler.json")
SERVERS = (
    "server/entry.mjs",
    "server/index.mjs",
    ".vercel/output/functions",
    ".netlify/v1/functions",
    ".netlify/functions-internal",
)
"""What frameworks write beside a build whose other pages are rendered for each request."""
_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")
BOUNDARIES = (".git", ".hg", ".svn")
"""Names in the uppermost folder of a project."""


def load_host_rules(folder: SiteFolder, files: PageFiles) -> HostRules:
    """Read all rules for a build, in the order in which hosts try them."""
    rules = HostRules()
    found = list(_find_files(folder))
    names = {path.name for path in found}
    names |= {each for each in SIGNS if folder.find_kind(each) in (NameKind.FILE, NameKind.FOLDER)}
    hosts = list(dict.fromkeys(host for name, host in SIGNS.items() if name in names))
    rules.host = find_host(files.host) or (hosts[0] if len(hosts) == 1 else None)
    rules.worker = _find_worker(folder)
    _add_texts(rules, folder, files)
    for path in found:
        _add_structured(rules, folder, files, path)
    rules.headers = [each for each in rules.headers if find_noindex((), [each.value])]
    rules.index()
    return rules


def _find_worker(folder: SiteFolder) -> str | None:
    """Return what may respond to URLs without a file: a worker, or the server of a framework."""
    if folder.find_kind("_worker.js") is not None:
        return folder.show("_worker.js")
    beside = folder.root.parent
    return next((_show(folder, beside / each) for each in SERVERS if _exists(beside / each)), None)


def _add_texts(rules: HostRules, folder: SiteFolder, files: PageFiles) -> None:
    # Netlify serves a file rather than following a rule without "!"; Cloudflare Pages follows every rule.
    wins = {NETLIFY: False, CLOUDFLARE: True}.get(rules.host or "")
    if text := _read_text(rules, folder, texts.REDIRECTS):
        file = folder.show(texts.REDIRECTS)
        rules.add_rules(texts.parse_redirects(text, file, files.host, wins=wins))
    if text := _read_text(rules, folder, texts.HEADERS):
        rules.headers += texts.parse_headers(text, folder.show(texts.HEADERS), files.host)
    if text := _read_text(rules, folder, texts.HTACCESS):
        for each in texts.parse_htaccess(text, folder.show(texts.HTACCESS)):
            if isinstance(each, HostRule):
                rules.add_rules([each])
            elif isinstance(each, HeaderRule):
                rules.headers.append(each)


def _read_text(rules: HostRules, folder: SiteFolder, name: str) -> str | None:
    if not folder.is_file(name):
        return None
    try:
        data = folder.read_beginning(name, MAX_BYTES + 1)
    except OSError as error:
        rules.notes.append(f"{folder.show(name)} cannot be read ({error.strerror}), so it is not judged")
        return None
    if len(data) > MAX_BYTES:
        rules.notes.append(f"{folder.show(name)} is too large, so it is not judged")
        return None
    return data.decode("utf-8-sig", "replace")


def _find_files(folder: SiteFolder) -> Iterator[Path]:
    """Yield the structured files in the build, or else in the nearest folder above it that has some.

    Folders above it are searched as far as the project reaches: to the folder of its repository, to the
    working folder, or one folder up if the build is elsewhere.
    """
    own = [folder.root / name for name in STRUCTURED if folder.is_file(name)]
    yield from own
    if own:
        return
    here, home = Path.cwd(), Path.home()
    is_inside = folder.root != here and folder.root.is_relative_to(here)
    for parent in list(folder.root.parents)[: MAX_PARENTS if is_inside else 1]:
        if parent in (home, Path(parent.anchor)) or not parent.is_relative_to(here if is_inside else parent):
            return
        found = [parent / name for name in BESIDE if _is_plain_file(parent / name)]
        yield from (each for each in found if _may_be_about(each, folder.root))
        if found or parent == here or any(_exists(parent / each) for each in BOUNDARIES):
            return


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a folder that may not be searched
        return False


def _is_plain_file(path: Path) -> bool:
    try:
        return path.is_file() and not path.is_symlink() and path.stat().st_size <= MAX_BYTES
    except OSError:
        return False


def _may_be_about(path: Path, root: Path) -> bool:
    """Return whether a file beside a build is about this build, rather than about another folder."""
    if path.name == structured.FIREBASE_JSON or path.suffix not in (".json", ".toml"):
        return True
    data = _parse(path) or {}
    build = data.get("build")
    named = data.get("outputDirectory")
    if path.name == structured.NETLIFY_TOML and isinstance(build, dict):
        base = build.get("base") if isinstance(build.get("base"), str) else ""
        named = f"{base}/{build['publish']}" if isinstance(build.get("publish"), str) else None
    elif path.name == structured.VERCEL_JSON and named is None:
        return True
    if not isinstance(named, str):
        return True
    return _names_folder(path, named, root)


def _names_folder(path: Path, named: str, root: Path) -> bool:
    try:
        return (path.parent / named.lstrip("/")).resolve() == root
    except (OSError, ValueError, RuntimeError):
        return False


def _parse(path: Path) -> dict[str, Any] | None:
    """Return the data of a file, or None if it is not valid."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        if len(content) > MAX_BYTES:
            return None
        text = content.decode("utf-8-sig")
        data = _parse_toml(text) if path.suffix == ".toml" else json.loads(text)
    except (OSError, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _parse_toml(text: str) -> Any:
    """Return the data of a TOML file.

    Raises:
        ValueError: it is not valid, or so large or deep that reading it could take long.
    """
    lines = text.splitlines()
    if len(text) > MAX_TOML_BYTES or any(_STRING.sub("", each).count(".") > MAX_DOTS for each in lines):
        raise ValueError
    return tomllib.loads(text)


def _add_structured(rules: HostRules, folder: SiteFolder, files: PageFiles, path: Path) -> None:
    if path.name not in STRUCTURED:
        return
    file, data = _show(folder, path), _parse(path)
    if data is None:
        rules.notes.append(f"{file} is not valid, so its rules are not judged")
        return
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError):  # it was changed meanwhile
        rules.notes.append(f"{file} is not valid, so its rules are not judged")
        return
    configuration = Configuration(path.name, file, text, data)
    if path.name == structured.VERCEL_JSON:
        structured.add_vercel(rules, configuration)
    elif path.name == structured.NETLIFY_TOML:
        structured.add_netlify(rules, configuration, files.host)
    elif path.name == structured.AZURE_JSON:
        structured.add_azure(rules, configuration)
    else:
        hosting = data.get("hosting")
        for each in structured.list_tables(hosting if isinstance(hosting, list) else [hosting]):
            public = each.get("public")
            is_beside = path.parent != folder.root
            if is_beside and isinstance(public, str) and not _names_folder(path, public, folder.root):
                continue
            structured.add_firebase(rules, configuration, each)


def _show(folder: SiteFolder, path: Path) -> str:
    """Return a file as reports name it."""
    if path.is_relative_to(folder.root):
        return folder.show(str(path.relative_to(folder.root)))
    here = Path.cwd()
    return escape_undecoded(str(path.relative_to(here) if path.is_relative_to(here) else path))
