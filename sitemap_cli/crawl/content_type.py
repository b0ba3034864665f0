"""Understands the Content-Type header of an answer."""

import re

# A quoted value may hold what looks like another parameter.
# https://www.rfc-editor.org/rfc/rfc9110#section-5.6.6
_PARAMETER = re.compile(r';\s*([^\s;="]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;"]*))')
# https://www.rfc-editor.org/rfc/rfc2978#section-2.3
_NAME = re.compile(r"[A-Za-z0-9!#$%&'+^_`{}~.:-]{1,40}")


def parse_charset(content_type: str | None) -> str | None:
    """The encoding that a Content-Type header names, in lower case; None when it names none, or rubbish.

    Of several, the first counts. Whether there is such an encoding is for the reader to say.
    """
    for name, quoted, plain in _PARAMETER.findall(content_type or ""):
        if name.lower() == "charset":
            value = (re.sub(r"\\(.)", r"\1", quoted) or plain).strip().strip("'")
            return value.lower() if _NAME.fullmatch(value) else None
    return None
