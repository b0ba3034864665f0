"""Soft 404s, and pages that only look like them."""

import pytest

from sitemap_cli.crawl.pages.soft_404 import (
    are_similar,
    build_shingles,
    extract_words,
    hash_words,
    is_about_errors,
    is_missing_title,
)


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "404 Not Found",
        "Error 404",
        "Error 404 (Not Found)!!1",
        "404 - Page not found",
        "404 | Acme",
        "Page Not Found | Acme",
        "Acme – Page not found",  # noqa: RUF001 - as it stands in titles
        "Acme: the requested page could not be found",
        "Oops! Page not found",
        "Oops! We can't find that page",
        "Sorry, this page doesn’t exist",  # noqa: RUF001 - as it stands in titles
        "Product no longer available",
        "The page you're looking for cannot be found",
        "File not found.",
        "HTTP 404",
        "Fehler 404 – Laden",  # noqa: RUF001 - as it stands in titles
        "Seite nicht gefunden",
        "Page introuvable - Boutique",
        "Página no encontrada",
        "Pagina non trovata",
        "Страница не найдена — Магазин",
        "ページが見つかりません",
        "页面不存在",
        "페이지를 찾을 수 없습니다",
    ],
)
def test_a_title_says_that_there_is_no_page(title: str) -> None:
    assert is_missing_title(title)


@pytest.mark.parametrize(
    "title",
    [
        None,
        "",
        "Peugeot 404",
        "Peugeot 404 - Wikipedia",
        "404 Media",
        "Room 404 | Hotel Example",
        "Model 404: data sheet",
        "How to make a good 404 page",
        "How to fix “page not found” errors",
        "Lost and not found: a novel",
        "Be Found",
        "Error codes of HTTP",
        "What could not be said",
        "Sorry | Justin Bieber",
        "Found",
        "Rooms available",
        "Error 404: what it means and how to fix it | Blog",
        "HTTP Error 404 explained",
        "404 error page best practices",
        "Page not found - how to handle it",
    ],
)
def test_a_title_says_nothing_of_the_kind(title: str | None) -> None:
    assert not is_missing_title(title)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com/docs/http/status/404", True),
        ("https://example.com/wiki/Not_Found_(film)", True),
        ("https://example.com/blog/http-errors/", True),
        ("https://404.example/lamp", False),
        ("https://example.com/lamp?from=404", False),
        ("https://example.com/", False),
    ],
)
def test_a_url_says_that_a_page_is_about_errors(url: str, expected: bool) -> None:
    assert is_about_errors(url) is expected


PAGE = (
    "<title>Acme</title><script>x</script><h1>We could not find that</h1>"
    + "<p>Try one of our offers.</p>" * 9
)


def alike_texts(one: str, other: str) -> bool:
    return are_similar(build_shingles(extract_words(one)), build_shingles(extract_words(other)))


def test_pages_are_alike_whatever_changes_with_the_clock_and_is_not_seen() -> None:
    assert alike_texts(PAGE, PAGE.replace("<script>x", "<script>y").replace("Acme", "Acme 12:30"))
    assert hash_words(extract_words(PAGE)) == hash_words(
        extract_words(PAGE.replace("Acme", "Acme <!-- 7 --> 2026"))
    )


def test_pages_with_texts_of_their_own_are_not_alike() -> None:
    lamp = "<title>Lamp</title><h1>A lamp</h1><p>It gives light to whoever has the power for it.</p>"
    assert not alike_texts(PAGE, lamp)
    assert hash_words(extract_words(PAGE)) != hash_words(extract_words(lamp))


def test_pages_without_any_text_are_alike() -> None:
    assert alike_texts("<div id=root></div>", "<script>y</script>")
    assert not alike_texts("", PAGE)
