"""The templates of the page, and what they may call; the only module that uses Jinja."""

import re
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup, escape
from msgspec import UNSET

from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.report_page import page_values, page_words
from sitemap_cli.output.report_page.page_security import encode_data, find_link

PACKAGE = "sitemap_cli.output.report_page"
_CODE = re.compile(r"`([^`]+)`")


def render_template(name: str, **values: Any) -> str:
    """Return a template filled with values; text among them stays text."""
    return _create_environment().get_template(name).render(**values)


def read_asset(path: str) -> str:
    """Return a file of this package, such as the style."""
    return files(PACKAGE).joinpath(path).read_text(encoding="utf-8")


@cache
def _create_environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_finalize,
        loader=FunctionLoader(lambda name: read_asset(f"templates/{name}")),
        auto_reload=False,
        optimized=False,  # what it would gain is less than what it costs to compile
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
        "data": lambda value: Markup(encode_data(value)),  # noqa: S704  (nothing in it ends the element)
        "source": Markup,
    }
    environment.tests["unset"] = lambda value: value is UNSET or value is None
    return environment


def _finalize(value: Any) -> Any:
    """Show control characters, and those that reorder or hide text, as escapes, wherever text is put out."""
    return escape_text(value) if type(value) is str else value


def format_prose(text: str) -> Markup:
    """Return text of a rule as HTML, with what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(escape_text(text)))))  # noqa: S704  (escaped)
