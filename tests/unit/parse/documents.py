"""Documents generated for the tests of this folder."""

from sitemap_cli.model.values import Problem
from sitemap_cli.parse.reader import read_document

NAMESPACE = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def urlset(body, attributes=""):
    return f"<urlset {NAMESPACE} {attributes}>{body}</urlset>".encode()


def pages(count, start=0):
    return "".join(f"<url><loc>https://example.com/{at}</loc></url>" for at in range(start, start + count))


def everything(data, base_url=None, chunk=256 * 1024):
    """Read a document to its end; return the reader, its entries and children, and its problems."""
    reading = read_document((data[at : at + chunk] for at in range(0, len(data), chunk)), base_url=base_url)
    items = [item for batch in reading for item in batch]
    problems = [item for item in items if isinstance(item, Problem)]
    return reading, [item for item in items if not isinstance(item, Problem)], problems


def codes(problems):
    return [problem.code for problem in problems]
