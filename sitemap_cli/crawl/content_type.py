"""Parsing of the Content-Type header."""

import re

# A quoted value may contain what looks like another parameter.
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6
_PARAMETER = re.compile(r';\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))')
# https://www.rfc-editor.org/rfc/rfc2978#section-2.3
_NAME = re.compile(r"[A-Za-z0-9!#$%&'+^_`{}~.:-]{1,40}")


def parse_charset(content_type: str | None) -> str | None:
    """Return the charset of a Content-Type header in lower case; None if it is missing or malformed.

    The first charset parameter counts. The name may be unknown: the parser checks that.
    """
    for name, quoted, plain in _PARAMETER.findall(content_type or ""):
        if name.lower() == "charset":
            value = (re.sub(r"\\(.)", r"\1", quoted) or plain).strip().strip("'")
            return value.lower() if _NAME.fullmatch(value) else None
    return None
