"""Parses ``Link`` headers; see https://www.rfc-editor.org/rfc/rfc8288#section-3."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sitemap_cli.patterns import repeat_possessively

_PARAMETERS = repeat_possessively(r'[^,"<]++|"[^"]{0,4000}+"')
_LINK = re.compile(rf"<([^<>]{{0,4000}}+)>({_PARAMETERS})")
_PARAMETER = re.compile(r""";\s*+([a-z]+)\*?\s*+=\s*+("[^"]*+"|[^\s;,"]++)""", re.IGNORECASE)


class HeaderLink(NamedTuple):
    """A link: its reference as it is written, its parameters by name, its relation types in lower case."""

    href: str
    parameters: Mapping[str, str]
    relations: Sequence[str]


def iterate_header_links(headers: Iterable[str]) -> Iterator[HeaderLink]:
    """Yield the links of some headers, in order."""
    for header in headers:
        for href, rest in _LINK.findall(header):
            parameters = {name.lower(): value.strip('"') for name, value in _PARAMETER.findall(rest)}
            yield HeaderLink(href, parameters, parameters.get("rel", "").lower().split())
