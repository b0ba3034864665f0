"""Documents in the encodings of the web are read, whatever names the encoding and however the bytes come."""

import pytest

from sitemap_cli.model.values import Entry, Problem
from sitemap_cli.parse.encoding import PIECE
from sitemap_cli.parse.reader import read_document

# What is written in each encoding; some of it is valid UTF-8 by chance.
WORDS = {
    "gb2312": ("路", "中文", "模", "模模", "浙江省"),
    "gbk": ("路", "中文", "鎔"),
    "gb18030": ("路", "中文", "\U0001f600"),
    "big5": ("路", "中文", "台北"),
    "euc-jp": ("日本", "ひらがな", "カタカナ"),
    "shift_jis": ("日本", "表示", "ｶﾅ"),
    "iso-2022-jp": ("日本", "ひらがな"),
    "euc-kr": ("한국", "서울", "각"),
    "koi8-r": ("цена", "ж"),
    "koi8-u": ("їжа", "ґ"),
    "ibm866": ("цена", "товары"),
    "windows-874": ("กขค", "รก"),
    "windows-1251": ("цена",),
    "iso-8859-5": ("цена",),
    "iso-8859-7": ("τιμή",),
    "windows-1256": ("سعر",),
    "windows-1255": ("מחיר",),
    "x-mac-cyrillic": ("цена",),
    "macintosh": ("é",),
    "x-mac-ce": ("ř", "př"),
    "ibm437": ("é",),
    "ibm850": ("é", "ß"),
    "ibm852": ("ř",),
    "ibm1125": ("ціна",),
    "johab": ("한국", "서울"),
    "ptcp154": ("баға",),
    "iso-8859-1": ("it\u2019s", "5\u20ac", "\u201cé\u201d"),
    "latin1": ("it\u2019s",),
    "us-ascii": ("it\u2019s",),
    "iso-8859-9": ("ş", "5\u20ac"),
}
CODECS = {
    "x-mac-cyrillic": "mac_cyrillic",
    "macintosh": "mac_roman",
    "x-mac-ce": "mac_latin2",
    **{f"ibm{page}": f"cp{page}" for page in (437, 850, 852, 1125)},
    "windows-874": "cp874",
    "ibm866": "cp866",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-9": "cp1254",
}
NAMES = {"gb2312": "gbk", "latin1": "iso-8859-1", "us-ascii": "windows-1252"}
CASES = [(name, word) for name, words in WORDS.items() for word in words]
URLSET = '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{}</urlset>'
RSS = '<rss version="2.0"><channel>{}</channel></rss>'
FORMS = {
    "urlset": (URLSET, "<url><loc>{}</loc></url>"),
    "urlset with text in CDATA": (URLSET, "<url><loc><![CDATA[{}]]></loc></url>"),
    "rss": (RSS, "<item><link>{}</link></item>"),
}


def read(data, size, charset=None):
    chunks = (data[at : at + size] for at in range(0, len(data), size))
    reading = read_document(chunks, charset=charset)
    items = [item for batch in reading for item in batch]
    problems = {item.code for item in items if isinstance(item, Problem)}
    return [item.loc for item in items if isinstance(item, Entry)], problems, reading


@pytest.mark.parametrize(("name", "word"), CASES)
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("size", [1, 3, 1 << 20])
def test_a_document_is_read_in_the_encoding_that_it_declares(name, word, form, size):
    around, entry = FORMS[form]
    urls = ["https://shop.example/a", f"https://shop.example/{word}"]
    text = f'<?xml version="1.0" encoding="{name}"?>' + around.format("".join(map(entry.format, urls)))
    locs, problems, reading = read(text.encode(CODECS.get(name, name)), size)
    assert (locs, problems) == (urls, {"encoding-not-utf8"})
    assert reading.complete
    assert reading.encoding == NAMES.get(name, name)


@pytest.mark.parametrize(
    ("name", "word"),
    [each for each in CASES if each[1] not in ("模", "模模", "각", "รก") and each[0] != "us-ascii"],
)
def test_a_list_of_urls_is_read_in_the_encoding_that_the_server_names(name, word):
    urls = ["https://shop.example/a", f"https://shop.example/{word}"]
    locs, problems, _ = read("\n".join(urls).encode(CODECS.get(name, name)), 1 << 20, charset=name.upper())
    assert (locs, problems) == (urls, {"encoding-not-utf8"})


@pytest.mark.parametrize("name", ["gb2312", "shift_jis", "euc-kr", "big5", "iso-2022-jp"])
@pytest.mark.parametrize("shift", range(4))
def test_a_character_may_lie_on_the_boundary_of_two_pieces(name, shift):
    before = URLSET.partition("{}")[0]
    head = f'<?xml version="1.0" encoding="{name}"?>{before}'
    head += "<!--" + " " * (PIECE - len(head) - 60 - shift) + "--><url><loc>https://shop.example/"
    word = (
        "日本" * 40
        if name in ("shift_jis", "iso-2022-jp")
        else "한국" * 40
        if name == "euc-kr"
        else "中文" * 40
    )
    locs, problems, _ = read(f"{head}{word}</loc></url></urlset>".encode(name), 1 << 20)
    assert (locs, problems) == ([f"https://shop.example/{word}"], {"encoding-not-utf8"})


@pytest.mark.parametrize("declared", ["gb2312", "euc-kr", "shift_jis", "koi8-r", "iso-2022-jp", "big5"])
@pytest.mark.parametrize("word", ["中文", "日本語", "한국어", "路"])
def test_a_document_in_utf8_is_read_as_such_whatever_it_declares(declared, word):
    text = f'<?xml version="1.0" encoding="{declared}"?>' + URLSET.format(
        f"<url><loc>https://e.com/{word}</loc></url>"
    )
    locs, problems, reading = read(text.encode(), 7)
    assert (locs, problems) == ([f"https://e.com/{word}"], {"encoding-mismatch"})
    assert reading.encoding == "utf-8"


@pytest.mark.parametrize("declared", ["utf-7", "base64", "idna", "unicode_escape", "punycode", "x-unknown"])
def test_a_codec_that_is_no_encoding_is_not_used(declared):
    text = f'<?xml version="1.0" encoding="{declared}"?>' + URLSET.format(
        "<url><loc>https://e.com/+ADw-</loc></url>"
    )
    locs, problems, _ = read(text.encode(), 1 << 20)
    assert problems == {"bad-encoding"}
    assert locs in ([], ["https://e.com/+ADw-"])


def test_an_invalid_byte_affects_one_entry_only():
    entries = [
        b"<url><loc>https://e.com/%b</loc></url>" % each for each in (b"\xc2\xb7", b"a\xff", b"\xd6\xd0<")
    ]
    entries.append(b"<url><loc>https://e.com/z</loc></url>")
    data = b'<?xml version="1.0" encoding="gb2312"?>' + URLSET.encode().replace(b"{}", b"".join(entries))
    locs, problems, _ = read(data, 5)
    assert locs[0] == "https://e.com/路"
    assert locs[-1] == "https://e.com/z"
    assert "bad-encoding" in problems
