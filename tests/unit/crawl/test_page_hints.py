"""What an HTML page is that comes in the place of a sitemap."""

import pytest

from sitemap_cli.crawl.page_hints import PageHint, PageKind, choose_kind, describe_page
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Hop

TEXT = f"<p>{'A lamp is made to order in our workshop. ' * 20}</p>"


def describe(html: str, final_url: str | None = None) -> PageKind:
    url = "https://example.com/sitemap.xml"
    hops = (Hop(url, 302),) if final_url else ()
    response = Response(url, final_url or url, content_type="text/html", hops=hops)
    return describe_page(response, [html.encode()]).kind


@pytest.mark.parametrize(
    ("html", "kind"),
    [
        ('<title>Acme</title><div id="app"></div><script src="a.js"></script>', PageKind.SHELL),
        (f"<title>Acme</title>{TEXT}<script>1</script>", PageKind.PAGE),
        ("<title>Log in to Acme</title>", PageKind.LOGIN),
        ("<title>Acme</title><input name=p type=password>", PageKind.LOGIN),
        ("<title>Anmeldung | Acme</title>", PageKind.LOGIN),
        ("<title>Acme</title><h1>We value your privacy</h1>", PageKind.CONSENT),
        ("<title>Cookie consent</title>", PageKind.CONSENT),
        ("<title>Age verification</title>", PageKind.CONSENT),
        ("<title>example.com is for sale</title><p>Buy this domain</p>", PageKind.PARKED),
        ("<p>The domain example.com may be for sale.</p>", PageKind.PARKED),
        ('<script src="https://www.sedoparking.com/x.js"></script>', PageKind.PARKED),
        ("<title>Domain kaufen</title>", PageKind.PARKED),
        ("<title>We'll be back soon!</title>", PageKind.MAINTENANCE),
        ("<title>Seite nicht gefunden</title>", PageKind.MISSING),
        (f"<title>404 Not Found</title>{TEXT}", PageKind.MISSING),
        # A shop for lamps that sells parking lights, logs and cookies is none of these.
        (f"<title>Parking lights, log baskets and cookie jars</title>{TEXT}", PageKind.PAGE),
        ("", PageKind.PAGE),
    ],
)
def test_a_page_is_recognized_by_title_form_or_lack_of_text(html: str, kind: PageKind) -> None:
    assert describe(html) is kind


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("https://example.com/account/login?next=%2Fsitemap.xml", PageKind.LOGIN),
        ("https://sso.example.com/start", PageKind.LOGIN),
        ("https://consent.example.com/v2/start", PageKind.CONSENT),
        ("https://example.com/age-gate/", PageKind.CONSENT),
        ("https://example.com/blog/catalogues", PageKind.PAGE),
    ],
)
def test_a_page_is_recognized_by_where_a_redirect_leads(url: str, kind: PageKind) -> None:
    assert describe(f"<title>Acme</title>{TEXT}", url) is kind


def test_pages_with_the_same_text_at_several_urls_are_those_of_an_app() -> None:
    one, other = PageHint(PageKind.PAGE, b"1"), PageHint(PageKind.PAGE, b"2")
    assert choose_kind([one, one, one]) is PageKind.SHELL
    assert choose_kind([one, other]) is PageKind.PAGE
    assert choose_kind([one]) is PageKind.PAGE
    login = PageHint(PageKind.LOGIN, b"3")
    assert choose_kind([login, login._replace(text=b"4"), one]) is PageKind.LOGIN
