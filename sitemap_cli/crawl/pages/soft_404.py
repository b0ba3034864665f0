"""Detection of soft 404s: pages that say that they do not exist, but have status 200.

A false alarm is worse than a miss: "Peugeot 404" is a car.
"""

import hashlib
import re

from sitemap_cli.patterns import repeat_possessively

TITLE, SAME, SHELL, EMPTY = "title", "same-as-missing", "same-shell", "empty"
"""How a page was detected: by its title, because its host serves the same for any missing URL, or as empty.

A shell has hardly any text: a script shows the page, so nothing is known of it.
"""

SEPARATORS = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|·•»«]\s*|:\s+|\s+[-–—]\s*|!\s*")  # noqa: RUF001 - as written in titles
CODE = re.compile(
    r"(?:(?:http|error|fehler|erreur|errore|erro|fout|fel|błąd|chyba|hata|ошибка|エラー|错误|錯誤)\W*)+404\b.*"
    r"|404(?:\W*(?:error|http|page|not found|fehler|erreur|seite|página|pagina|ошибка)\b.*)?",
    re.IGNORECASE,
)
_EXCLAMATIONS = repeat_possessively(r"(?:oops|sorry|error|http|404|we are sorry)\W*")
ENGLISH = re.compile(
    rf"{_EXCLAMATIONS}"
    r"(?:we (?:could not|couldn't|cannot|can't|can not) find (?:this|that|the|your) page"
    r"|page (?:is )?(?:missing|unavailable)"
    r"|(?:(?:the|this|that|your)\s+)?(?:requested\s+)?"
    r"(?:(?:page|url|file|document|content|resource|item|product|article|post|listing)\s+)?"
    r"(?:you(?:'re| are| have)?\s+(?:requested|looking for)\s+)?"
    r"(?:(?:(?:was|is|has|could|can)\s+)?not\s+(?:be\s+|been\s+)?found"
    r"|(?:cannot|can't|couldn't)\s+be\s+found|(?:does not|doesn't)\s+exist|no longer\s+exists"
    r"|(?:is\s+)?no longer available))\W*",
    re.IGNORECASE,
)
PHRASES = (
    *("seite nicht gefunden", "seite wurde nicht gefunden", "seite existiert nicht", "page introuvable"),
    *("page non trouvée", "page inexistante", "página no encontrada", "pagina no encontrada"),
    *("página no existe", "pagina non trovata", "pagina inesistente", "página não encontrada"),
    *("pagina niet gevonden", "nie znaleziono strony", "strona nie została znaleziona"),
    *("sidan hittades inte", "sidan kunde inte hittas", "siden blev ikke fundet", "siden ble ikke funnet"),
    *("sivua ei löydy", "stránka nenalezena", "stránka nebola nájdená", "az oldal nem található"),
    *("pagina nu a fost găsită", "sayfa bulunamadı"),  # noqa: RUF001 - as written
    *("страница не найдена", "сторінку не знайдено", "страница не существует"),
    *("ページが見つかりません", "ページは見つかりません"),
    *("页面不存在", "页面未找到", "找不到页面", "找不到頁面"),
    *("페이지를 찾을 수 없습니다", "không tìm thấy trang", "halaman tidak ditemukan", "ไม่พบหน้า"),
)
HIDDEN = re.compile(
    r"<!--.*?(?:-->|$)|<(script|style|noscript|template|svg)\b.*?(?:</\1|$)", re.IGNORECASE | re.DOTALL
)
TAG = re.compile(r"<[^<>]*>")
WORD = re.compile(r"\w+")
WORDS = 3
MAX_SHELL_WORDS = 30
"""Words of a page that a script fills: its title, and perhaps a note such as "loading"."""
# A page about errors, such as /docs/http/status/404.
ERROR_TOPIC = re.compile(r"404|not[-_]?found|error|fehler|erreur", re.IGNORECASE)
ARTICLE = re.compile(
    r"\b(?:how|what|why|when|explained|meaning|means|fix|fixing|guide|tips|tutorial|best|examples?|handle|handling"
    r"|wie|was|warum|bedeutung|beheben|comment|pourquoi|corriger|cómo|qué|errors|404s)\b",
    re.IGNORECASE,
)
"""Words in titles of articles about errors."""
MIN_SIMILARITY = 0.9


def is_missing_title(title: str | None) -> bool:
    """Return whether the title of a page says that the page does not exist."""
    if not title:
        return False
    if ARTICLE.search(title):
        return False
    whole = title.strip().lower().replace("’", "'")  # noqa: RUF001 - as written in titles
    if any(phrase in whole for phrase in PHRASES):
        return True
    parts = [part.strip() for part in (whole, *SEPARATORS.split(whole)) if part and part.strip()]
    return any(CODE.fullmatch(part) or ENGLISH.fullmatch(part) for part in parts)


def is_about_errors(url: str) -> bool:
    """Return whether the path of a URL names errors, as that of an article about them does."""
    return ERROR_TOPIC.search(url.partition("://")[2].partition("/")[2].partition("?")[0]) is not None


def is_shell(words: list[str], text: str) -> bool:
    """Return whether a page has hardly any text but scripts, which show the page in a browser."""
    return len(words) <= MAX_SHELL_WORDS and "<script" in text.lower()


def extract_words(text: str) -> list[str]:
    """Return the visible words of a page, without those that contain digits: times and counts change."""
    visible = TAG.sub(" ", HIDDEN.sub(" ", text)).lower()
    return [word for word in WORD.findall(visible) if not any(each.isdigit() for each in word)]


def build_shingles(words: list[str]) -> frozenset[int]:
    """Return the hashes of all sequences of three words, to compare pages with."""
    starts = range(max(1, len(words) - WORDS + 1))
    return frozenset(hash(tuple(words[at : at + WORDS])) for at in starts)


def are_similar(one: frozenset[int], other: frozenset[int]) -> bool:
    """Return whether two pages share at least 90 % of their shingles (Jaccard index)."""
    return len(one & other) >= MIN_SIMILARITY * len(one | other)


def hash_words(words: list[str]) -> bytes:
    """Return a digest of the text of a page (16 bytes)."""
    return hashlib.blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=16).digest()
