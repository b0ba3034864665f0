"""Explains codes of languages and countries that are wrong or suspicious, and suggests the right ones.

The suggestions are our own judgement: they are the codes that are usually meant.
"""

import re
from collections.abc import Collection
from functools import lru_cache
from typing import NamedTuple

from sitemap_cli.audit.language_codes import COUNTRIES, LANGUAGES, SCRIPTS
from sitemap_cli.audit.language_codes_3 import LANGUAGES_2, LANGUAGES_3


class CodeFault(NamedTuple):
    """What is wrong with a code, and what is probably meant; ``is_valid`` if it is only suspicious.

    ``fix`` is the case of the rule's section ``Fix``.
    """

    reason: str
    is_valid: bool = False
    fix: str | None = None


# Codes of countries that stand where a language belongs, none of which is a language of ISO 639-1.
_LANGUAGE_OF_COUNTRY = {
    "al": "sq",
    "at": "de-AT",
    "au": "en-AU",
    "cn": "zh-CN",
    "cz": "cs",
    "dk": "da",
    "gb": "en-GB",
    "gr": "el",
    "hk": "zh-HK",
    "il": "he",
    "in": "en-IN",
    "ir": "fa",
    "iw": "he",
    "jp": "ja",
    "mx": "es-MX",
    "nz": "en-NZ",
    "ph": "en-PH",
    "rs": "sr",
    "sp": "es",
    "ua": "uk",
    "us": "en-US",
    "vn": "vi",
}


class _Homonym(NamedTuple):
    """A rare language whose code is also that of a country; its neighbors show that it is meant."""

    name: str
    suggestion: str
    neighbors: frozenset[str]


_HOMONYMS = {
    "br": _Homonym("Breton; for Brazil", "pt-BR", frozenset({"fr"})),
    "ch": _Homonym("Chamorro; for Switzerland", "de-CH or fr-CH", frozenset()),
    "ee": _Homonym("Ewe; for Estonian", "et", frozenset({"et"})),
    "kr": _Homonym("Kanuri; for Korean", "ko", frozenset({"ko"})),
    "se": _Homonym("Northern Sami; for Swedish", "sv", frozenset({"sv", "nn"})),
    "sg": _Homonym("Sango; for Singapore", "en-SG", frozenset()),
    "tw": _Homonym("Twi; for Taiwan", "zh-TW", frozenset()),
    "ve": _Homonym("Venda; for Venezuela", "es-VE", frozenset()),
}

# Countries whose code repeats a language that is mainly spoken elsewhere, or that stands for a region.
_HOMONYM_REGIONS = {
    "ar-ar": "AR is Argentina; use ar",
    "be-be": "be is Belarusian, BE is Belgium; use nl-BE or fr-BE",
    "ca-ca": "ca is Catalan, CA is Canada; use ca-ES, en-CA or fr-CA",
    "en-la": "LA is Laos; no code stands for Latin America: use en",
    "es-la": "LA is Laos; no code stands for Latin America: use es",
    "et-et": "ET is Ethiopia; use et-EE",
    "ga-ga": "GA is Gabon; use ga-IE",
    "ms-ms": "MS is Montserrat; use ms-MY",
    "pt-la": "LA is Laos; no code stands for Latin America: use pt",
    "sl-sl": "SL is Sierra Leone; use sl-SI",
    "sr-sr": "SR is Suriname; use sr-RS",
    "sv-sv": "SV is El Salvador; use sv-SE",
}

# The country that is meant where the code of the language stands in its place.
_COUNTRY_OF_LANGUAGE = {
    "cs": "CZ",
    "da": "DK",
    "el": "GR",
    "fa": "IR",
    "he": "IL",
    "hi": "IN",
    "hy": "AM",
    "ja": "JP",
    "ka": "GE",
    "kk": "KZ",
    "ko": "KR",
    "nb": "NO",
    "sq": "AL",
    "uk": "UA",
    "vi": "VN",
    "zh": "CN",
}
# Names of languages, in themselves and in English, and the codes of Microsoft for scripts.
_LANGUAGE_OF_NAME = {
    "arabic": "ar",
    "chinese": "zh",
    "deutsch": "de",
    "dutch": "nl",
    "english": "en",
    "espanol": "es",
    "francais": "fr",
    "french": "fr",
    "german": "de",
    "italian": "it",
    "italiano": "it",
    "japanese": "ja",
    "korean": "ko",
    "nederlands": "nl",
    "polish": "pl",
    "portuguese": "pt",
    "russian": "ru",
    "spanish": "es",
    "turkish": "tr",
}
_SCRIPT_OF_COUNTRY = {"chs": "Hans", "cht": "Hant"}
_PARTS = re.compile(r"[A-Za-z]+|[0-9]{3}")
_UN_REGION = re.compile(r"([a-z]{2})-[0-9]{3}", re.IGNORECASE)


def explain_hreflang(code: str, languages: Collection[str] = ()) -> CodeFault | None:
    """Return what is wrong with a value of ``hreflang`` other than ``x-default``; None if nothing is.

    ``languages`` are the codes of the other versions, in lower case: the company in which a rare language
    is plausible.
    """
    fault = _explain_hreflang(code)
    homonym = _HOMONYMS.get(code.lower()) if fault is None else None
    if homonym is not None and homonym.neighbors.isdisjoint(each[:2] for each in languages):
        return CodeFault(f"`{code}` is {homonym.name} use `{homonym.suggestion}`", is_valid=True)
    return fault


@lru_cache(maxsize=10_000)
def _explain_hreflang(code: str) -> CodeFault | None:
    if "_" in code:
        return CodeFault(f"`{code}` needs a hyphen: {_suggest(code)}")
    if found := _UN_REGION.fullmatch(code):
        only = found[1].lower()
        return CodeFault(f"Google supports no UN M.49 regions; use `{only}`, or one version for each country")
    parts = code.split("-")
    if not 1 <= len(parts) <= 3 or not all(map(_PARTS.fullmatch, parts)):
        return CodeFault(_name_language(code))
    language, *rest = parts
    if language.lower() not in LANGUAGES:
        return _explain_language(code)
    scripts = [each for each in rest if len(each) == 4]
    countries = [each for each in rest if len(each) != 4]
    if any(each.title() not in SCRIPTS for each in scripts):
        return CodeFault(f"`{scripts[0]}` is not a script of ISO 15924")
    if len(scripts) > 1 or len(countries) > 1 or (countries and scripts and rest[0] == countries[0]):
        return CodeFault("a language, a script and a country are the only parts, in this order")
    if countries and countries[0].upper() not in COUNTRIES:
        return _explain_country(language, countries[0])
    known = _HOMONYM_REGIONS.get(code.lower())
    return CodeFault(known, is_valid=True) if known else None


def _explain_language(code: str) -> CodeFault:
    language, _, rest = code.partition("-")
    short = LANGUAGES_2.get(language.lower())
    if short is not None:
        return CodeFault(f"Google reads two-letter languages; use `{short}{'-' if rest else ''}{rest}`")
    if language.lower() in LANGUAGES_3:
        reason = f"`{language}` has no two-letter code, and Google documents only those"
        return CodeFault(reason, is_valid=True, fix="no two letters")
    if rest.lower() in LANGUAGES and language.upper() in COUNTRIES:
        return CodeFault(f"the language comes first; use `{rest.lower()}-{language.upper()}`")
    name = language.lower()
    meant = _LANGUAGE_OF_COUNTRY.get(name) or _LANGUAGE_OF_NAME.get(name)
    if meant is None:
        return CodeFault(f"`{language}` is not a language code of ISO 639-1")
    own = f"{meant}-{rest}" if rest and "-" not in meant else meant
    return CodeFault(f"`{language}` is not a language code of ISO 639-1; use `{own}`")


def _explain_country(language: str, country: str) -> CodeFault:
    reason = f"`{country}` is not a country code of ISO 3166-1"
    if country.upper() == "UK":
        return CodeFault(f"{reason}; use `{language}-{'UA' if language.lower() == 'uk' else 'GB'}`")
    if country.lower() == language.lower() and language.lower() in _COUNTRY_OF_LANGUAGE:
        return CodeFault(f"{reason}; use `{language}-{_COUNTRY_OF_LANGUAGE[language.lower()]}`")
    if language.lower() == "zh" and country.lower() in _SCRIPT_OF_COUNTRY:
        return CodeFault(f"{reason}; use `{language}-{_SCRIPT_OF_COUNTRY[country.lower()]}`")
    return CodeFault(f"{reason}; use `{language}`, or a country")


def _name_language(code: str) -> str:
    return f"`{code}` is not a language code of ISO 639-1" if code.strip() else "the value is empty"


def _suggest(code: str) -> str:
    """Return a code with hyphens, and with what else is wrong with it."""
    hyphenated = code.replace("_", "-")
    other = _explain_hreflang(hyphenated)
    return f"use `{hyphenated}`" if other is None else f"`{hyphenated}`, and {other.reason}"


def suggest_news_language(language: str) -> str | None:
    """Return the bare code that is meant by an invalid ``news:language``, or None."""
    first, *rest = re.split("[-_]", language.strip().lower())
    if first == "zh" and rest:
        return "zh-tw" if rest[-1] in ("tw", "hk", "mo", "hant") else "zh-cn"
    if first in LANGUAGES or first in LANGUAGES_3:
        return first
    meant = _LANGUAGE_OF_COUNTRY.get(first) or _LANGUAGE_OF_NAME.get(first)
    return meant and meant.partition("-")[0]
