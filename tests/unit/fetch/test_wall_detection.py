"""Pages of bot walls are detected, and no other pages; the samples are files."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from multidict import CIMultiDict

from sitemap_cli.fetch.bot_walls.signatures import UNKNOWN_VENDOR, WALLS
from sitemap_cli.fetch.bot_walls.wall_detection import (
    MAX_SNIFFED,
    detect_challenge,
    detect_vendor,
    is_suspect,
)

DATA = Path(__file__).parents[2] / "data" / "challenges"


@dataclass(frozen=True)
class Page:
    """A response as stored in a file: the status, one line per header, an empty line, the body."""

    status: int
    headers: CIMultiDict[str]
    body: bytes

    @classmethod
    def of(cls, file):
        head, _, body = file.read_text().partition("\n\n")
        status, *lines = head.splitlines()
        return cls(int(status), CIMultiDict(line.split(": ", 1) for line in lines), body.encode())

    @property
    def vendor(self):
        """Return the detected vendor, as the fetcher does."""
        looked_at = is_suspect(self.status, self.headers.get("Content-Type"), self.body[:256])
        return detect_vendor(self.status, self.headers, self.body) if looked_at else None


def files(folder):
    found = sorted((DATA / folder).glob("*.http"))
    return pytest.mark.parametrize("file", found, ids=[file.stem for file in found])


def slug(vendor):
    return vendor.lower().replace(" ", "-")


@files("walls")
def test_a_wall_is_detected_with_its_vendor(file):
    vendor = Page.of(file).vendor
    assert vendor is not None
    assert file.stem.startswith(slug(vendor))


@files("harmless")
def test_an_ordinary_response_is_no_wall(file):
    assert Page.of(file).vendor is None


@pytest.mark.parametrize("vendor", [*(each.vendor for each in WALLS), UNKNOWN_VENDOR])
def test_there_is_a_page_of_each_vendor(vendor):
    assert list((DATA / "walls").glob(f"{slug(vendor)}-*.http"))


@pytest.mark.parametrize("row", WALLS, ids=[each.vendor for each in WALLS])
def test_signatures_are_in_lower_case(row):
    texts = [part for mark in row.marks + row.signs for part in mark]
    assert all(text and text == text.lower() for text in texts)
    assert all(pair == (pair[0].lower(), pair[1].lower()) for pair in row.headers + row.refusing)


def test_a_wall_is_a_fault_that_names_the_vendor():
    fault = detect_challenge(403, CIMultiDict({"cf-mitigated": "challenge"}), b"")
    assert fault.reason == "challenge"
    assert fault.message.startswith("Cloudflare responded")


def test_a_long_page_is_searched_up_to_the_limit():
    page = b"<html>" + b" " * MAX_SNIFFED + b"<title>azure waf</title>"
    assert detect_vendor(403, {}, page) is None
    assert detect_vendor(403, {}, page[7:]) is None
    assert detect_vendor(403, {}, b"<html>" + page[100:]) == "Azure WAF"


@pytest.mark.parametrize("beginning", [b"\xef\xbb\xbf\n<!DOCTYPE html>", b"<HTML>", b" <script>"])
def test_a_page_is_suspect_whatever_its_type(beginning):
    assert is_suspect(200, "application/xml", beginning)


@pytest.mark.parametrize(
    "beginning",
    [b"", b"<?xml version='1.0'?>", b"<urlset>", b"<!-- x -->", b"\x1f\x8b", b"https://a.example/"],
)
def test_a_sitemap_is_not_suspect(beginning):
    assert not is_suspect(200, "application/xml", beginning)
    assert not is_suspect(200, None, beginning)
