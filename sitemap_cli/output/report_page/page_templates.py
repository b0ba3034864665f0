"""The templates of the page, and what they may call; the only module that uses Jinja."""

import hashlib
import re
from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from jinja2 import BaseLoader, ChoiceLoader, DictLoader, Environment, ModuleLoader, StrictUndefined
from markupsafe import Markup, escape

from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report_page import page_values, page_words
from sitemap_cli.output.report_page.page_security import encode_data, find_link

PACKAGE = "sitemap_cli.output.report_page"
BUILT = "built_templates"
"""The folder of templates that a build of the package has compiled, beside this module."""
DIGEST = "sources.sha256"
_CODE = re.compile(r"`([^`]+)`")


def render_template(name: str, **values: Any) -> str:
    """Return a template filled with values; text among them stays text."""
    return _load_environment().get_template(name).render(**values)


def read_asset(path: str) -> str:
    """Return a file of this package, such as the style."""
    return files(PACKAGE).joinpath(path).read_text(encoding="utf-8")


def read_templates() -> dict[str, str]:
    """Return the sources of all templates by name."""
    return dict(sorted(_walk_templates(files(PACKAGE).joinpath("templates"))))


def build_templates(folder: Path) -> None:
    """Compile all templates into a folder, as a build of the package does, so that no report has to."""
    sources = read_templates()
    folder.mkdir(exist_ok=True)
    for old in folder.glob("*.*"):
        old.unlink()
    create_environment(DictLoader(sources)).compile_templates(folder, zip=None, ignore_errors=False)
    (folder / DIGEST).write_text(compute_digest(sources), encoding="ascii")


def compute_digest(sources: dict[str, str]) -> str:
    """Return a digest of all that compiled templates depend on: sources, this module, and Jinja."""
    parts = (version("jinja2"), read_asset("page_templates.py"), *sources, *sources.values())
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def create_loader(built: Traversable) -> BaseLoader:
    """Return what loads the templates: those compiled into a folder if their sources are the same."""
    sources = read_templates()
    if isinstance(built, Path) and _is_current(built, sources):
        return ChoiceLoader([ModuleLoader(built), DictLoader(sources)])
    return DictLoader(sources)


def create_environment(loader: BaseLoader) -> Environment:
    """Return what fills the templates of a loader."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        loader=loader,
        auto_reload=False,
        optimized=False,  # nothing is computed ahead, so what a build compiles depends on no filter
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "number": page_values.format_number,
        "signed": page_values.format_signed,
        "share": page_values.format_share,
        "bytes": page_values.format_bytes,
        "milliseconds": page_values.format_milliseconds,
        "time": page_values.format_time,
        "day": page_values.format_day,
        "shorten": page_values.shorten,
        "whole": page_values.limit_whole,
        "prose": format_prose,
    }
    environment.globals |= {
        "link_to": find_link,
        "count": page_values.count_noun,
        "most_shown": page_values.MAX_SHOWN,
        "word": page_words.find_word,
        "words": page_words,
        "data": lambda value: Markup(encode_data(value)),  # noqa: S704 - nothing in it ends the element
        "source": Markup,
    }
    environment.tests["unset"] = _is_unset
    return environment


@cache
def _load_environment() -> Environment:
    return create_environment(create_loader(files(PACKAGE).joinpath(BUILT)))


def _walk_templates(folder: Traversable, parent: str = "") -> Iterator[tuple[str, str]]:
    for each in folder.iterdir():
        if each.is_dir():
            yield from _walk_templates(each, f"{parent}{each.name}/")
        else:
            yield f"{parent}{each.name}", each.read_text(encoding="utf-8")


def _is_current(built: Path, sources: dict[str, str]) -> bool:
    try:
        return (built / DIGEST).read_text(encoding="utf-8") == compute_digest(sources)
    except (OSError, PackageNotFoundError):  # nothing was built, or it was packed without sources or metadata
        return False


def _is_unset(value: Any) -> bool:
    from msgspec import UNSET  # a build, which compiles templates, has Jinja alone

    return value is UNSET or value is None


def _finalize(value: Any) -> Any:
    """Show control characters, and those that reorder or hide text, as escapes, wherever text is put out."""
    return escape_text(value) if type(value) is str else value


def format_prose(text: str) -> Markup:
    """Return text of a rule as HTML, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(escape_text(text)))))  # noqa: S704 - escaped
