"""A site as it should be, to be found between attacks."""

from tests.hostile import documents
from tests.messages import Answer, Hit
from tests.web import index

URLS = 8


def answer(hit: Hit, root: str) -> Answer:
    """What such a site answers."""
    return {
        "/robots.txt": Answer(f"User-agent: *\nAllow: /\nSitemap: {root}/index.xml\n".encode()),
        "/index.xml": Answer(index(f"{root}/a.xml", f"{root}/b.xml.gz")),
        "/a.xml": Answer(documents.urlset(3)),
        "/b.xml.gz": Answer(documents.zipped(documents.urlset(5))),
    }.get(hit.path, Answer(b"nothing here", 404))
