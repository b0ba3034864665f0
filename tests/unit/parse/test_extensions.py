import pytest

from sitemap_cli.parse.extension import get_extensions
from tests.unit.parse.documents import codes, everything, urlset

PRICES = (
    '<video:price currency="EUR" type="own" resolution="HD">1.99</video:price>'
    '<video:price currency="USD">2</video:price>'
)
TVSHOW = (
    "<video:tvshow><video:show_title>S</video:show_title><video:video_type>full</video:video_type>"
    "<video:episode_number>2</video:episode_number></video:tvshow>"
)
IMAGE = (
    "<image:image><image:loc>a</image:loc><image:caption>c</image:caption>"
    "<image:geo_location>g</image:geo_location><image:title>t</image:title>"
    "<image:license>l</image:license></image:image>"
)
NEWS = (
    "<news:news><news:publication><news:name>N</news:name><news:language>en</news:language>"
    "</news:publication><news:genres>Blog</news:genres><news:keywords>a, b</news:keywords>"
    "<news:stock_tickers>X:Y</news:stock_tickers><news:access>Subscription</news:access>"
    "<news:title>T</news:title><news:publication_date>2026</news:publication_date></news:news>"
)
PAGEMAP = (
    '<PageMap xmlns="http://www.google.com/schemas/sitemap-pagemap/1.0">'
    '<DataObject type="document" id="x"><Attribute name="name">Dragon </Attribute>'
    '<Attribute name="review" value="3.5"/><Attribute name="name"><![CDATA[Again]]></Attribute>'
    '</DataObject><DataObject type="stats"/></PageMap>'
)
PREFIXES = " ".join(f'xmlns:{prefix}="{one.namespace}"' for prefix, one in get_extensions().items())


def one(body, attributes=PREFIXES):
    """Return the extensions and problem codes of an entry with this body, and whether all was read."""
    data = urlset(f"<url><loc>https://example.com/a</loc>{body}</url>", attributes)
    reading, items, problems = everything(data)
    assert [item.loc for item in items] == ["https://example.com/a"]
    return items[0].extensions, codes(problems), reading.complete


def video(fields):
    found, problems, complete = one(f"<video:video>{fields}</video:video>")
    assert (problems, complete) == ([], True)
    return found["videos"][0]


@pytest.mark.parametrize(
    ("fields", "values"),
    [
        (
            "<video:thumbnail_loc> https://e.example/t.jpg\n</video:thumbnail_loc>",
            {"thumbnail_loc": "https://e.example/t.jpg"},
        ),
        ("<video:title>A &amp; B</video:title>", {"title": "A & B"}),
        ("<video:description><![CDATA[<b>bold</b>]]></video:description>", {"description": "<b>bold</b>"}),
        ("<video:content_loc>/v.mp4</video:content_loc>", {"content_loc": "/v.mp4"}),
        (
            '<video:player_loc allow_embed="yes" autoplay="ap=1">https://e.example/p</video:player_loc>',
            {"player_loc": {"allow_embed": "yes", "autoplay": "ap=1", "text": "https://e.example/p"}},
        ),
        ("<video:duration>600</video:duration>", {"duration": "600"}),
        (
            "<video:expiration_date>2026-11-01T00:00:00+08:00</video:expiration_date>",
            {"expiration_date": "2026-11-01T00:00:00+08:00"},
        ),
        (
            "<video:rating>4.2</video:rating><video:view_count>7</video:view_count>",
            {"rating": "4.2", "view_count": "7"},
        ),
        ("<video:publication_date>2026</video:publication_date>", {"publication_date": "2026"}),
        ("<video:family_friendly>no</video:family_friendly>", {"family_friendly": "no"}),
        (
            '<video:restriction relationship="allow">IE GB</video:restriction>',
            {"restriction": {"relationship": "allow", "text": "IE GB"}},
        ),
        (
            '<video:platform relationship="deny">web tv</video:platform>',
            {"platform": {"relationship": "deny", "text": "web tv"}},
        ),
        (
            PRICES,
            {
                "price": [
                    {"currency": "EUR", "type": "own", "resolution": "HD", "text": "1.99"},
                    {"currency": "USD", "text": "2"},
                ]
            },
        ),
        ("<video:requires_subscription>yes</video:requires_subscription>", {"requires_subscription": "yes"}),
        (
            '<video:uploader info="https://e.example/u">Me</video:uploader>',
            {"uploader": {"info": "https://e.example/u", "text": "Me"}},
        ),
        ("<video:live>yes</video:live><video:category>x</video:category>", {"live": "yes", "category": "x"}),
        ("<video:tag>one</video:tag><video:tag>two</video:tag>", {"tag": ["one", "two"]}),
        ("<video:tag>one</video:tag>", {"tag": ["one"]}),
        (
            '<video:gallery_loc title="G">/g</video:gallery_loc>',
            {"gallery_loc": {"title": "G", "text": "/g"}},
        ),
        (
            '<video:id type="tms:series">1</video:id><video:id type="url">u</video:id>',
            {"id": [{"type": "tms:series", "text": "1"}, {"type": "url", "text": "u"}]},
        ),
        (
            '<video:content_segment_loc duration="60">/1</video:content_segment_loc>',
            {"content_segment_loc": [{"duration": "60", "text": "/1"}]},
        ),
        (
            TVSHOW,
            {"tvshow": {"show_title": "S", "video_type": "full", "episode_number": "2"}},
        ),
        ('<video:title xml:lang="de">T</video:title>', {"title": {"lang": "de", "text": "T"}}),
        ("<video:new_field>x</video:new_field>", {"new_field": "x"}),
        ("<video:title/>", {"title": ""}),
    ],
)
def test_every_field_of_a_video_is_kept(fields, values):
    assert video(fields) == values


@pytest.mark.parametrize(
    ("body", "values"),
    [
        ("<image:image><image:loc> /1.jpg </image:loc></image:image>", {"images": [{"loc": "/1.jpg"}]}),
        (
            IMAGE,
            {"images": [{"loc": "a", "caption": "c", "geo_location": "g", "title": "t", "license": "l"}]},
        ),
        (
            NEWS,
            {
                "news": {
                    "publication": {"name": "N", "language": "en"},
                    "genres": "Blog",
                    "keywords": "a, b",
                    "stock_tickers": "X:Y",
                    "access": "Subscription",
                    "title": "T",
                    "publication_date": "2026",
                }
            },
        ),
        (
            '<xhtml:link rel="alternate" hreflang="x-default" href=" https://e.example/ "/>',
            {"alternates": [{"hreflang": "x-default", "href": "https://e.example/"}]},
        ),
        ('<xhtml:link rel="canonical" href="https://e.example/"/>', None),
        ("<mobile:mobile/>", {"mobile": True}),
        ('<mobile:mobile type="pc,mobile"/>', {"mobile": {"type": "pc,mobile"}}),
        (
            PAGEMAP,
            {
                "pagemap": [
                    {
                        "type": "document",
                        "id": "x",
                        "attributes": [
                            {"name": "name", "value": "Dragon"},
                            {"name": "review", "value": "3.5"},
                            {"name": "name", "value": "Again"},
                        ],
                    },
                    {"type": "stats", "attributes": []},
                ]
            },
        ),
        (
            '<pagemap:PageMap><pagemap:DataObject type="a"/></pagemap:PageMap>',
            {"pagemap": [{"type": "a", "attributes": []}]},
        ),
        ("<pagemap:PageMap/>", None),
    ],
)
def test_an_extension_is_kept_whole(body, values):
    assert one(body) == (values, [], True)


@pytest.mark.parametrize(
    ("body", "values", "problems", "complete"),
    [
        ("<image:loc>a</image:loc>", None, ["stray-tag"], False),
        ("<news:title>a</news:title>", None, ["stray-tag"], False),
        (
            "<image:image><image:loc>a</image:loc><image:loc>b</image:loc></image:image>",
            {"images": [{"loc": "a"}]},
            ["duplicate-tag"],
            False,
        ),
        (
            "<image:image><image:loc>a</image:loc><image:loc>a</image:loc></image:image>",
            {"images": [{"loc": "a"}]},
            ["duplicate-tag"],
            True,
        ),
        (
            "<news:news><news:title>1</news:title></news:news><news:news><news:title>2</news:title></news:news>",
            {"news": {"title": "1"}},
            ["duplicate-extension"],
            False,
        ),
        ("<mobile:mobile/><mobile:mobile/>", {"mobile": True}, ["duplicate-extension"], True),
        ("<xhtml:script>x</xhtml:script>", None, [], True),
        (
            "<image:IMAGE><image:loc>a</image:loc></image:IMAGE>",
            {"images": [{"loc": "a"}]},
            ["tag-case"],
            True,
        ),
    ],
)
def test_what_an_extension_cannot_hold_is_reported(body, values, problems, complete):
    assert one(body) == (values, problems, complete)


BAIDU = {"http://www.baidu.com/schemas/sitemap-mobile/1/"}


@pytest.mark.parametrize(
    ("namespace", "key"),
    [
        ("http://www.google.com/schemas/sitemap-image/1.1", "images"),
        ("https://www.google.com/schemas/sitemap-image/1.1", "images"),
        ("http://www.google.com/schemas/sitemap-image/1.0", "images"),
        ("http://www.google.com/schemas/sitemap-image/1.1/", "images"),
        ("http://www.sitemaps.org/schemas/sitemap-image/1.1", "images"),
        ("http://www.google.com/schemas/sitemap-image/0.9", "images"),
        ("http://www.google.com/schemas/sitemap-video/1.0", "videos"),
        ("https://www.google.com/schemas/sitemap-video/1.1/", "videos"),
        ("http://www.google.com/schemas/sitemap-news/0.9", "news"),
        ("https://www.google.com/schemas/sitemap-news/0.9/", "news"),
        ("http://www.sitemaps.org/schemas/sitemap-news/0.9", "news"),
        ("http://www.google.com/schemas/sitemap-mobile/1.0", "mobile"),
        ("http://www.baidu.com/schemas/sitemap-mobile/1/", "mobile"),
        ("http://www.google.com/schemas/sitemap-pagemap/1.0", "pagemap"),
        ("http://www.w3.org/1999/xhtml", "alternates"),
        ("https://www.w3.org/1999/xhtml/", "alternates"),
        ("http://www.w3.org/TR/xhtml11/xhtml11_schema.html", "alternates"),
        ("urn:image", None),
        ("http://www.w3.org/xhtml", None),
        ("http://www.google.com/schemas/sitemap-image/1.1/image", None),
    ],
)
def test_an_extension_is_recognized_by_any_namespace_in_use(namespace, key):
    bodies = {
        "pagemap": "<x:PageMap><x:DataObject/></x:PageMap>",
        "alternates": '<x:link rel="alternate" hreflang="de" href="https://e.example/"/>',
        "images": "<x:image><x:loc>https://e.example/1.jpg</x:loc></x:image>",
    }
    holder = {"images": "image", "videos": "video"}.get(key, key or "image")
    body = bodies.get(key, f"<x:{holder}><x:title>t</x:title></x:{holder}>")
    found, problems, complete = one(body, f'xmlns:x="{namespace}"')
    right = {*(each.namespace for each in get_extensions().values()), "urn:image"} | BAIDU
    assert (problems, complete) == ([] if namespace in right else ["extension-namespace"], True)
    assert list(found or {}) == ([key] if key else [])


def test_every_extension_has_its_own_prefix_key_and_namespaces():
    every = list(get_extensions().values())
    assert {one.prefix for one in every} == {"image", "video", "news", "xhtml", "mobile", "pagemap"}
    assert len({one.key for one in every}) == len(every)
    assert all(one.namespace in one.namespaces for one in every)
    assert sum(len(one.namespaces) for one in every) == len(
        frozenset().union(*(one.namespaces for one in every))
    )
