"""Parses ``Link`` headers; see https://www.rfc-editor.org/rfc/rfc8288#section-3."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from sitemap_cli.patterns import repeat_possessively

# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.4
_CHARACTERS = repeat_possessively(r"""[^"\\]{1,4000}+|\\.""")
_QUOTED = f'"{_CHARACTERS}"'
_PARAMETERS = repeat_possessively(rf'[^,"<]++|{_QUOTED}')
_LINK = re.compile(rf"<([^<>]{{0,4000}}+)>({_PARAMETERS})")
_PARAMETER = re.compile(rf""";\s*+([a-z]+)\*?\s*+=\s*+({_QUOTED}|[^\s;,"]++)""", re.IGNORECASE)


class HeaderLink(NamedTuple):
    """A link: its reference as it is written, its parameters by name, its relation types in lower case.

    Of two parameters with the same name the first counts.
    """

    href: str
    parameters: Mapping[str, str]
    relations: Sequence[str]


def iterate_header_links(headers: Iterable[str]) -> Iterator[HeaderLink]:
    """Yield the links of some headers, in order."""
    for header in headers:
        for href, rest in _LINK.findall(header):
            found = reversed(_PARAMETER.findall(rest))
            parameters = {name.lower(): value.strip("\"'") for name, value in found}
            yield HeaderLink(href, parameters, parameters.get("rel", "").lower().split())
