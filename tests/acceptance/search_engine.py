"""A site whose URLs are submitted, and a search engine that gets them."""

import json

from tests.acceptance.command import Done, Program
from tests.web import Answer, Site, robots, urlset

KEY = "73134416ae45434d98edc086e0bf6740"
PATH = "/indexnow"


def publish(site: Site, *paths: str, **fields: str) -> None:
    robots(site, f"Sitemap: {site.url}/sitemap.xml")
    site.routes["/sitemap.xml"] = Answer(urlset(*(f"{site.url}{path}" for path in paths), **fields))
    site.routes[f"/{KEY}.txt"] = Answer(f"{KEY}\n".encode())


def analyze(program: Program, site: Site) -> str:
    done = program("analyze", f"{site.url}/", "--format", "jsonl")
    assert done.code in (0, 3), done.err
    site.hits.clear()
    return str(done.records[0]["job_id"])


def submit(program: Program, site: Site, engine: Site, *options: object) -> Done:
    endpoint = f"{engine.url}{PATH}"
    return program("indexnow", site.netloc, "--key", KEY, "--endpoint", endpoint, *options)


def bodies(engine: Site) -> list[dict[str, object]]:
    """What the engine got, one list for each request."""
    return [json.loads(hit.body) for hit in engine.hits]


def sizes(engine: Site) -> list[int]:
    return [len(json.loads(hit.body)["urlList"]) for hit in engine.hits]
