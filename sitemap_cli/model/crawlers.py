"""The crawlers of AI services, by purpose: what ``crawlers.toml`` says of them."""

import datetime as dt
import tomllib
from enum import StrEnum
from functools import cache
from importlib.resources import files

import msgspec


class Purpose(StrEnum):
    """What a crawler fetches pages for."""

    ENGINE = "engine"
    SEARCH = "search"
    TRAINING = "training"
    USER = "user"
    OTHER = "other"


class Crawler(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One crawler, or a token that is only read in robots.txt.

    Attributes:
        token: the product token, as robots.txt names it.
        title: what people call it, if the token says nothing to them.
        product: what it is for, as people know it.
        effect: what blocking it does.
        obeys: whether it obeys robots.txt, as far as its owner says.
        own_group: whether only a group with its name concerns it.
        source: the page of its owner; None if the owner does not document it.
        verified: the day when that was checked.
    """

    token: str
    title: str | None = None
    owner: str
    purpose: Purpose
    product: str
    effect: str
    obeys: bool = True
    own_group: bool = False
    source: str | None = None
    verified: dt.date

    @property
    def name(self) -> str:
        """What people call it."""
        return self.title or self.token


@cache
def list_crawlers() -> tuple[Crawler, ...]:
    """Return all known crawlers, in the order of the file."""
    text = files("sitemap_cli.model").joinpath("crawlers.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(text)["crawler"], tuple[Crawler, ...])


def select_crawlers(purpose: Purpose) -> tuple[Crawler, ...]:
    """Return the crawlers with one purpose."""
    return tuple(each for each in list_crawlers() if each.purpose is purpose)
