"""Recognises pages that say that there is no page, and a status that says otherwise.

A false alarm is worse than a miss: "Peugeot 404" is a car.
"""

import hashlib
import re

TITLE, SAME = "title", "same-as-missing"
"""How a page was recognised: by what its title says; because any address of its host answers the same."""

SEPARATORS = re.compile(r"\s+[-–—|·•»«:/]+\s+|\s*[|·•»«]\s*|:\s+|\s+[-–—]\s*|!\s*")  # noqa: RUF001 - as they stand in titles
CODE = re.compile(
    r"(?:(?:http|error|fehler|erreur|errore|erro|fout|fel|błąd|chyba|hata|ошибка|エラー|错误|錯誤)\W*)+404\b.*"
    r"|404(?:\W*(?:error|http|page|not found|fehler|erreur|seite|página|pagina|ошибка)\b.*)?",
    re.IGNORECASE,
)
ENGLISH = re.compile(
    r"(?:(?:oops|sorry|error|http|404|we are sorry)\W*)*+"
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
    *("pagina nu a fost găsită", "sayfa bulunamadı"),  # noqa: RUF001 - so it is written
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
ALIKE = 0.9


def is_missing_title(title: str | None) -> bool:
    """Whether the title of a page says that there is no such page."""
    if not title:
        return False
    whole = title.strip().lower().replace("’", "'")  # noqa: RUF001 - as it stands in titles
    if any(phrase in whole for phrase in PHRASES):
        return True
    parts = [part.strip() for part in (whole, *SEPARATORS.split(whole)) if part and part.strip()]
    return any(CODE.fullmatch(part) or ENGLISH.fullmatch(part) for part in parts)


def extract_words(text: str) -> list[str]:
    """The words of a page that people see, without numbers: those change with the clock."""
    seen = TAG.sub(" ", _shown(text)).lower()
    return [word for word in WORD.findall(seen) if not any(each.isdigit() for each in word)]


def build_shingles(words_: list[str]) -> frozenset[int]:
    """Every few words in a row, as numbers, by which two pages can be compared."""
    rows = range(max(1, len(words_) - WORDS + 1))
    return frozenset(hash(tuple(words_[at : at + WORDS])) for at in rows)


def are_similar(one: frozenset[int], other: frozenset[int]) -> bool:
    """Whether two pages are nearly the same, to a few words in a hundred."""
    return len(one & other) >= ALIKE * len(one | other)


def hash_words(words_: list[str]) -> bytes:
    """16 bytes that stand for the text of a page."""
    return hashlib.blake2b(" ".join(words_).encode("utf-8", "replace"), digest_size=16).digest()


def _shown(text: str) -> str:
    return HIDDEN.sub(" ", text)
