"""Simplifies what is in entries beside tags and plain text: comments, CDATA sections and references.

Texts here have a character per byte, until they are restored.
"""

import html
import re

from sitemap_cli.parse.fast.plain_entries import OTHER_HOST, PORT, SPACE
from sitemap_cli.patterns import repeat_possessively

_NO_DASH = r"[^-\xef\0-\x08\x0b\x0c\x0e-\x1f]*+"
COMMENT = f"<!--{_NO_DASH}{repeat_possessively(f'-(?!-){_NO_DASH}')}-->{SPACE}"
COMMENTS = repeat_possessively(COMMENT)
_replace_comments = re.compile(COMMENT).sub
SECTION = r"<!\[CDATA\[[^<\]]*+]]>"
# Only where an element has nothing but text: elsewhere, the recovery understands them differently.
_replace_sections = re.compile(r"(<[a-z][^<>]*+(?<!/)>[^<]*+)<!\[CDATA\[([^<\]]*+)]]>(?=[^<]*+</)").sub
_SECTION_PATH = r"[!-;=?-\\^-~]*+"
LOC_IN_SECTION = rf"<!\[CDATA\[{SPACE}(https?://{OTHER_HOST}[0-9A-Za-z.-]{{1,253}}(?::{PORT})?(?:/{_SECTION_PATH})?){SPACE}]]>"

# Neither those that may be white space nor those that HTML replaces.
_NUMBER = "#0?(?:3[3-9]|[4-9][0-9]|1[01][0-9]|12[0-6]|16[1-9]|1[7-9][0-9]|[2-9][0-9]{2}|82(?:[12][0-9]|30))"
_DIGITS = (
    "#x0{0,2}(?:2[1-9A-Fa-f]|[3-6][0-9A-Fa-f]|7[0-9A-Ea-e]|[C-Fc-f][0-9A-Fa-f]|20(?:1[0-9A-Fa-f]|2[0-6]))"
)
USUAL_REFERENCE = f"(?:amp|lt|gt|quot|apos|{_NUMBER}|{_DIGITS});"
find_unusual_reference = re.compile(f"&(?!{USUAL_REFERENCE})").search
# To search for each of these in all elements takes less time than to exclude a set of them in the patterns.
_NOT_IN_XML = [chr(code) for code in range(32) if chr(code) not in "\t\n"]
_UNREADABLE = "\ufffd\ufffe\uffff"


class RefusedError(Exception):
    """Some elements cannot be read by patterns and plans."""


def simplify_markup(text: str) -> str:
    """Return elements without comments and with references instead of CDATA sections."""
    if "<!" not in text:
        return text
    return _replace_sections(
        lambda found: found[1] + found[2].replace("&", "&amp;"), _replace_comments("", text)
    )


def restore_text(text: str) -> str:
    """Return the elements of which ``text`` has a character per byte, with the line ends of XML.

    Raises: :class:`RefusedError` if it has unusual references, or characters that are not allowed in XML or
    cannot be read.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    for each in _NOT_IN_XML:
        if each in text:
            raise RefusedError
    if "]" in text and "]]>" in text:
        raise RefusedError
    if not text.isascii():
        text = text.encode("latin-1").decode()
        if any(each in text for each in _UNREADABLE):
            raise RefusedError
    if "&" in text and find_unusual_reference(text):
        raise RefusedError
    return text


def unescape(text: str) -> str:
    """Return a text without references, which must be usual ones."""
    return html.unescape(text) if "&" in text else text
