"""What the tests of the fetcher share."""

import pytest
import stamina

from sitemap_cli.fetch.http_fetcher import HttpFetcher
from sitemap_cli.fetch.interface import Purpose, Request
from sitemap_cli.settings import Settings


class Visit:
    """A fetcher and a way to ask it, read the body and give it back in one go."""

    def __init__(self, **options):
        self.fetcher = HttpFetcher(Settings(**{"allow_private": True, "timeout": 30.0, **options}))

    async def __call__(self, url, purpose=Purpose.SITEMAP, **options):
        """Return the response and its content, which is read twice and must be the same both times."""
        fetched = await self.fetcher.fetch(Request(url, purpose, **options))
        if fetched.body is None:
            assert (fetched.bytes, fetched.digest) == (0, None)
            return fetched, None
        content, again = (b"".join(fetched.body.read_chunks()) for _ in range(2))
        fetched.body.close()
        fetched.body.close()
        assert content == again
        assert len(content) == fetched.bytes
        return fetched, content


@pytest.fixture
async def visit():
    """Make visits with options of one's own; every fetcher is closed at the end."""
    made = []

    def make(**options):
        made.append(Visit(**options))
        return made[-1]

    yield make
    for each in made:
        await each.fetcher.close()


@pytest.fixture(autouse=True)
def no_waiting():
    """Retries follow at once."""
    with stamina.set_testing(True, attempts=100, cap=True):
        yield
