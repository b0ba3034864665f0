"""What the log of all places reads out of a message."""

import pytest

from sitemap_cli.audit.hit import Hit
from sitemap_cli.audit.place_log import Key, Place, PlaceLog
from sitemap_cli.model.values import Finding, Severity
from sitemap_cli.spool import open_spool


@pytest.mark.parametrize(
    ("message", "value"),
    [
        ("not a date: '2026-13-01'", "2026-13-01"),
        ("not a date: 'a\\nb'", "a\nb"),
        ('not a date: "it\'s"', "it's"),
        ("nothing is quoted", None),
        ("'quoted' before the end", None),
        ("no Python literal: '\\x'", None),
        ("no Python literal: '\\N{no such name}'", None),
    ],
)
def test_the_value_of_a_place_is_what_its_message_quotes_last(message: str, value: str | None) -> None:
    key = Key("SM321", None, Severity.ERROR)
    with open_spool() as spool:
        log = PlaceLog(spool)
        log.write_places([(key, Place(Hit(message)))])
        log.finish()
        places = list(log.read(Finding(key.rule, "lastmod-invalid", key.severity, message)))
    assert [(each.message, each.value) for each in places] == [(message, value)]
