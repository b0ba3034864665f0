"""Makes text from the network harmless to a terminal."""

import re

# Control characters, and the ones that reorder or hide text.
# https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def safe(text: str) -> str:
    """The text with every harmful character shown as an escape."""
    return _HARMFUL.sub(lambda match: ascii(match[0])[1:-1], text)
