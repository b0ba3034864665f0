"""Cookies that redirects set are sent back to the hosts that they are for."""

import pytest
from yarl import URL

from sitemap_cli.fetch.redirect_cookies import MAX_COOKIES, RedirectCookies

HOME = "https://www.example.com/"


@pytest.mark.parametrize(
    ("headers", "url", "sent"),
    [
        (["a=1"], HOME, "a=1"),
        (["a=1; Path=/; HttpOnly; SameSite=Lax"], HOME, "a=1"),
        (["a=1", "b=2"], HOME, "a=1; b=2"),
        (["a=1", "a=2"], HOME, "a=2"),
        (["a="], HOME, "a="),
        (["a=x=y"], HOME, "a=x=y"),
        (["a=1"], "https://www.example.com:8443/b", "a=1"),
        (["a=1"], "http://www.example.com/", "a=1"),
        (["a=1; Secure"], "http://www.example.com/", ""),
        (["a=1; Secure"], HOME, "a=1"),
        (["a=1"], "https://example.com/", ""),
        (["a=1; Domain=example.com"], "https://example.com/", "a=1"),
        (["a=1; domain=.Example.com"], "https://shop.example.com/", "a=1"),
        (["a=1; Domain=example.com"], "https://badexample.com/", ""),
        (["a=1; Domain=com"], "https://other.com/", ""),
        (["a=1; Domain=other.com"], "https://other.com/", ""),
        (["a=1", "a=; Max-Age=0"], HOME, ""),
        (["a=1", "a=; Max-Age=-1"], HOME, ""),
        (["a=1; Max-Age=60"], HOME, "a=1"),
        (["no value", "=1", "a\x01=1", "b=\x7f", "c=" + "x" * 5000], HOME, ""),
    ],
)
def test_a_cookie_is_sent_back_to_its_host(headers, url, sent):
    cookies = RedirectCookies()
    cookies.keep(URL(HOME), headers)
    assert cookies.build_header(URL(url)) == sent


def test_only_new_cookies_are_news():
    cookies = RedirectCookies()
    news = [cookies.keep(URL(HOME), each) for each in (["a=1"], ["a=1"], [], ["a=2"], ["b=2"], ["bad"])]
    assert news == [True, False, False, True, True, False]


def test_the_number_of_cookies_is_limited():
    cookies = RedirectCookies()
    cookies.keep(URL(HOME), [f"n{number}=1" for number in range(1000)])
    assert cookies.build_header(URL(HOME)).count("=") == MAX_COOKIES
