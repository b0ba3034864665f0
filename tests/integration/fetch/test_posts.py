"""POST: what is sent, who gets it, and what is read of the response."""

import pytest

from sitemap_cli.fetch.interface import Purpose
from tests.web import Answer, Site, in_turn, redirect

CONTENT = b'{"urlList":["https://example.com/"]}'
POST = {"method": "POST", "content": CONTENT}
JSON = (("Content-Type", "application/json"),)


async def test_the_content_is_sent_as_json(site, visit):
    site.routes["/in"] = Answer(b"fine")
    response, content = await visit()(f"{site.url}/in", Purpose.MESSAGE, **POST)
    assert (response.status_code, response.fault, content) == (200, None, None)
    (hit,) = site.hits
    assert (hit.method, hit.body, hit.headers["content-length"]) == ("POST", CONTENT, str(len(CONTENT)))
    assert hit.headers["content-type"] == "application/json; charset=utf-8"


async def test_millions_of_bytes_are_sent_and_the_connection_is_reused(site, visit):
    site.routes["/in"] = Answer(b"fine")
    visiting, large = visit(), b"x" * 3_000_000
    for _ in range(2):
        response, _ = await visiting(f"{site.url}/in", Purpose.MESSAGE, method="POST", content=large)
        assert response.fault is None
    assert [hit.body == large for hit in site.hits] == [True, True]
    assert site.connections == 1


async def test_a_post_follows_no_redirect(site, visit):
    site.routes |= {"/in": redirect("/other", 307), "/other": Answer(b"fine")}
    response, _ = await visit()(f"{site.url}/in", Purpose.MESSAGE, **POST)
    assert (response.status_code, response.fault.reason) == (307, "redirected")
    assert site.paths == ["/in"]


@pytest.mark.parametrize(
    ("first", "attempts"),
    [
        (Answer(status=500), 2),
        (Answer(status=429, headers=(("Retry-After", "1"),)), 2),
        (Answer(reset=True), 2),
        (Answer(status=422), 1),
        (Answer(status=429, headers=(("Retry-After", "3600"),)), 1),
    ],
    ids=["500", "429 for a second", "reset", "422", "429 for an hour"],
)
async def test_temporary_failures_are_retried_with_the_whole_content(site, visit, first, attempts):
    site.routes["/in"] = in_turn(first, Answer(b"fine"))
    response, _ = await visit(retries=2)(f"{site.url}/in", Purpose.MESSAGE, **POST)
    assert (len(site.hits), {hit.body for hit in site.hits}) == (attempts, {CONTENT})
    assert (response.status_code == 200) == (attempts == 2)


async def test_a_success_is_one_whatever_its_body_is(site, visit):
    bodies = {
        "/endless": Answer(b"x" * 1000, endless=True),
        "/cut": Answer(b"x" * 1000, cut_after=10),
        "/large": Answer(b"x" * 5_000_000),
    }
    site.routes |= bodies
    for path in bodies:
        response, content = await visit()(f"{site.url}{path}", Purpose.MESSAGE, **POST)
        assert (response.status_code, response.fault, content) == (200, None, None)
    assert len(site.hits) == len(bodies)


async def test_the_reason_of_a_refusal_is_read_and_cut(site, visit):
    site.routes["/in"] = Answer(b'{"message":"x"}', 422, JSON)
    options = {**POST, "keeps_error": lambda beginning, kind: kind == "application/json"}
    response, content = await visit()(f"{site.url}/in", Purpose.MESSAGE, **options)
    assert (response.status_code, response.fault, content) == (422, None, b'{"message":"x"}')
    site.routes["/in"] = Answer(b"x" * 5_000_000, 400, JSON)
    _, content = await visit()(f"{site.url}/in", Purpose.MESSAGE, **options)
    assert len(content) == 16 * 1024
    site.routes["/in"] = Answer(b"x" * 1000, 500, JSON)
    _, content = await visit(retries=0)(f"{site.url}/in", Purpose.MESSAGE, **options)
    assert content is None


async def test_private_addresses_are_refused(site, visit):
    response, _ = await visit(allow_private=False)(f"{site.url}/in", Purpose.MESSAGE, **POST)
    assert (response.fault.reason, site.hits) == ("blocked-address", [])


async def test_credentials_of_the_site_are_not_sent_to_another_host(site, visit):
    site.routes["/in"] = Answer(b"fine")
    with Site() as other:
        visiting = visit(user="me:secret", header=("X-Key: 1",))
        await visiting(f"{site.url}/in", Purpose.MESSAGE, credentials_url=f"{other.url}/", **POST)
    (hit,) = site.hits
    assert {"authorization", "x-key"}.isdisjoint(hit.headers)
