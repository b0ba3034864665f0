"""The encodings of documents, by their labels: https://encoding.spec.whatwg.org/#names-and-labels.

Python has codecs that decode no text, or are slow and dangerous (``idna``, ``unicode_escape``, ``utf-7``). So
a name that a site sends is never looked up among the codecs.
"""

import codecs
import re
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True, slots=True)
class Encoding:
    """An encoding: its name in the standard, the codec of Python, and what its bytes may look like.

    ``resembles_utf8`` says that text of a few characters may be valid UTF-8 by chance. ``is_stateful`` says
    that bytes which look like ASCII may mean something else.
    """

    name: str
    codec: str
    resembles_utf8: bool = False
    is_stateful: bool = False


UTF_8 = Encoding("utf-8", "utf-8")
UTF_16 = Encoding("utf-16", "utf-16")

# UTF-32 comes first: the mark of UTF-16 is the beginning of its own.
WIDE_BOMS = {
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""The codecs of Python for texts that begin with these bytes, apart from UTF-8."""

ASCII_LABELS = ("us-ascii", "ascii", "ansi_x3.4-1968")

PAGES = (1250, 1251, 1253, 1254, 1255, 1256, 1257, 1258)
"""The code pages of Windows besides that of Western Europe."""

DOS_PAGES = (437, 720, 737, 775, 850, 852, 855, 857, 858, 860, 861, 862, 863, 864, 865, 869, 1125)
"""The code pages of DOS besides 866 that still come with exports of old programs."""

# Browsers read iso-8859-1 and ASCII as windows-1252, iso-8859-9 as windows-1254, and gb2312 as gbk, whose
# decoder is that of gb18030.
_ENCODINGS: dict[Encoding, str] = {
    UTF_8: "utf8 utf-8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8",
    UTF_16: (
        "utf-16 utf-16le utf-16be utf16 utf16le utf16be ucs-2 unicode csunicode iso-10646-ucs-2 unicodefeff"
    ),
    Encoding("gbk", "gb18030", True): (
        "gbk gb2312 gb_2312 gb_2312-80 chinese csgb2312 csiso58gb231280 iso-ir-58 x-gbk cp936 ms936"
    ),
    Encoding("gb18030", "gb18030", True): "gb18030",
    Encoding("big5", "big5hkscs", True): "big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950 ms950",
    Encoding("euc-jp", "euc_jp", True): "euc-jp eucjp x-euc-jp cseucpkdfmtjapanese",
    Encoding("iso-2022-jp", "iso2022_jp_ext", is_stateful=True): "iso-2022-jp csiso2022jp",
    Encoding("shift_jis", "cp932", True): (
        "shift_jis shift-jis sjis x-sjis csshiftjis ms_kanji windows-31j ms932 cp932"
    ),
    Encoding("euc-kr", "cp949", True): (
        "euc-kr euckr cseuckr csksc56011987 iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 ksc5601 ksc_5601"
        " windows-949 cp949 uhc"
    ),
    Encoding("koi8-r", "koi8_r"): "koi8-r koi8 koi koi8_r cskoi8r",
    Encoding("koi8-u", "koi8_u"): "koi8-u koi8-ru",
    Encoding("ibm866", "cp866", True): "ibm866 866 cp866 csibm866",
    Encoding("macintosh", "mac_roman", True): "macintosh mac csmacintosh x-mac-roman mac-roman macroman",
    Encoding("x-mac-cyrillic", "mac_cyrillic", True): "x-mac-cyrillic x-mac-ukrainian mac-cyrillic",
    Encoding("x-mac-ce", "mac_latin2", True): "x-mac-ce mac-ce mac-latin2 x-mac-centraleurroman",
    Encoding("x-mac-greek", "mac_greek", True): "x-mac-greek mac-greek",
    Encoding("x-mac-turkish", "mac_turkish", True): "x-mac-turkish mac-turkish",
    Encoding("koi8-t", "koi8_t"): "",
    Encoding("ptcp154", "ptcp154"): "pt154 cp154 cyrillic-asian csptcp154",
    Encoding("kz-1048", "kz1048"): "kz1048 strk1048-2002 rk1048",
    Encoding("johab", "johab", True): "ms1361 cp1361",
    **{
        Encoding(f"ibm{page}", f"cp{page}", True): f"cp{page} {page} csibm{page} dos-{page}"
        for page in DOS_PAGES
    },
    Encoding("windows-874", "cp874", True): "windows-874 cp874 dos-874 tis-620 iso-8859-11 iso8859-11",
    Encoding("iso-8859-2", "iso8859-2"): "latin2 l2 csisolatin2 iso-ir-101",
    Encoding("iso-8859-3", "iso8859-3"): "latin3 l3 csisolatin3 iso-ir-109",
    Encoding("iso-8859-4", "iso8859-4"): "latin4 l4 csisolatin4 iso-ir-110",
    Encoding("iso-8859-5", "iso8859-5"): "cyrillic csisolatincyrillic iso-ir-144",
    Encoding("iso-8859-6", "iso8859-6"): (
        "arabic asmo-708 ecma-114 csisolatinarabic iso-ir-127 iso-8859-6-e iso-8859-6-i csiso88596e"
        " csiso88596i"
    ),
    Encoding("iso-8859-7", "iso8859-7"): (
        "greek greek8 ecma-118 elot_928 csisolatingreek iso-ir-126 sun_eu_greek"
    ),
    Encoding("iso-8859-8", "iso8859-8"): (
        "hebrew visual logical csisolatinhebrew iso-ir-138 iso-8859-8-e iso-8859-8-i csiso88598e csiso88598i"
    ),
    Encoding("iso-8859-9", "cp1254"): "latin5 l5 csisolatin5 iso-ir-148",
    Encoding("iso-8859-10", "iso8859-10"): "latin6 l6 csisolatin6 iso-ir-157",
    Encoding("iso-8859-13", "iso8859-13"): "",
    Encoding("iso-8859-14", "iso8859-14"): "",
    Encoding("iso-8859-15", "iso8859-15"): "l9 latin9 latin-9 csisolatin9",
    Encoding("iso-8859-16", "iso8859-16"): "",
    Encoding(
        "iso-8859-1", "cp1252"
    ): "latin1 latin-1 l1 csisolatin1 iso-ir-100 cp819 ibm819 iso8859 iso-8859",
    Encoding("windows-1252", "cp1252"): f"cp1252 x-cp1252 ansi {' '.join(ASCII_LABELS)}",
    **{Encoding(f"windows-{page}", f"cp{page}"): f"cp{page} x-cp{page}" for page in PAGES},
}
_BY_LABEL = {
    label: encoding for encoding, labels in _ENCODINGS.items() for label in (encoding.name, *labels.split())
}
_BLANKS = " \t\n\f\r"
# Spellings such as ISO_8859-2:1987, iso8859_2, 8859-2, windows1251, "windows 1251", win-1251 and cp-1251.
_ISO = re.compile(r"(?:iso[-_ ]?)?8859[-_ ]?(1[013456]|[1-9])(?::[0-9]{4})?")
_WINDOWS = re.compile(r"(?:windows|win|cp|x-cp|ansi|ms)[-_ ]?(125[0-8]|874|949)")
_DOS = re.compile(r"(?:ibm|cp|dos|oem|pc)[-_ ]?([0-9]{3,4})")


@lru_cache(maxsize=500)
def find_encoding(label: str | None) -> Encoding | None:
    """Return the encoding that a document, page or server names; None if the name is unknown."""
    name = (label or "").strip(_BLANKS).lower()
    if found := _BY_LABEL.get(name):
        return found
    if iso := _ISO.fullmatch(name):
        return _BY_LABEL[f"iso-8859-{iso[1]}"]
    if windows := _WINDOWS.fullmatch(name):
        return _BY_LABEL[f"windows-{windows[1]}"]
    if dos := _DOS.fullmatch(name):
        return _BY_LABEL.get(f"ibm{dos[1]}")
    # Python's own names have underscores.
    return _BY_LABEL.get(name.replace("_", "-"))
