"""Names and passwords that stand in addresses, wherever in a text those are: nothing to show or to keep."""

import re

IN_TEXT = re.compile(r"(?<=//)[^/?#\s\"]*@")


def left_out(text: str) -> str:
    """The text, its addresses without names and passwords."""
    return IN_TEXT.sub("", text) if "@" in text else text
