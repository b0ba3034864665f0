"""Fixtures for the tests of the fetcher."""

import pytest
import stamina

from sitemap_cli.fetch.http_fetcher import HttpFetcher
from sitemap_cli.fetch.interface import Purpose, Request
from sitemap_cli.settings import Settings


class Visit:
    """A fetcher, and a call that fetches a URL, reads the body and closes it."""

    def __init__(self, **options):
        self.fetcher = HttpFetcher(Settings(**{"allow_private": True, "timeout": 30.0, **options}))

    async def __call__(self, url, purpose=Purpose.SITEMAP, **options):
        """Return the response and its content, which is read twice and must be the same both times."""
        response = await self.fetcher.fetch(Request(url, purpose, **options))
        if response.body is None:
            assert (response.bytes, response.digest) == (0, None)
            return response, None
        content, again = (b"".join(response.body.read_chunks()) for _ in range(2))
        response.body.close()
        response.body.close()
        assert content == again
        assert len(content) == response.bytes
        return response, content


@pytest.fixture
async def visit():
    """Return a function that creates visits with given options; all fetchers are closed at the end."""
    made = []

    def make(**options):
        made.append(Visit(**options))
        return made[-1]

    yield make
    for each in made:
        await each.fetcher.close()


@pytest.fixture(autouse=True)
def no_waiting():
    """Retry without waiting."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
