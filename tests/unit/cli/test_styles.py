"""The colours of the terminal."""

import pytest
from rich.color import Color

from sitemap_cli.cli.look.styles import COLOURS

BLACK, WHITE, GREY = (0, 0, 0), (255, 255, 255), (0x28, 0x2C, 0x34)
"""Backgrounds of terminals; the last one is of a usual dark theme."""


def luminance(colour: tuple[int, int, int]) -> float:
    """Relative luminance, as https://www.w3.org/TR/WCAG21/#dfn-relative-luminance defines it."""
    parts = [each / 255 for each in colour]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[int, int, int], other: tuple[int, int, int]) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize(("background", "least"), [(BLACK, 3.75), (WHITE, 3.75), (GREY, 2.9)])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_colour_is_legible_on_dark_and_light_terminals(
    colour: str, background: tuple[int, int, int], least: float
) -> None:
    red, green, blue = Color.parse(colour).get_truecolor()
    assert contrast((red, green, blue), background) >= least
