"""The encodings of the web are known by their labels, and other codecs of Python are not."""

import codecs

import pytest

from sitemap_cli.web_encodings import find_encoding


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("UTF8", "utf-8"),
        ("gb2312", "gbk"),
        (" GBK ", "gbk"),
        ("gb_2312-80", "gbk"),
        ("GB18030", "gb18030"),
        ("big5-hkscs", "big5"),
        ("x-euc-jp", "euc-jp"),
        ("EUC_JP", "euc-jp"),
        ("Shift-JIS", "shift_jis"),
        ("windows-31j", "shift_jis"),
        ("iso-2022-jp", "iso-2022-jp"),
        ("ks_c_5601-1987", "euc-kr"),
        ("koi8", "koi8-r"),
        ("KOI8-RU", "koi8-u"),
        ("cp866", "ibm866"),
        ("x-mac-cyrillic", "x-mac-cyrillic"),
        ("macintosh", "macintosh"),
        ("tis-620", "windows-874"),
        ("cp1251", "windows-1251"),
        ("windows1252", "windows-1252"),
        ("iso8859_15", "iso-8859-15"),
        ("ISO_8859-2:1987", "iso-8859-2"),
        ("latin1", "iso-8859-1"),
        ("utf-16le", "utf-16"),
        ("us-ascii", "windows-1252"),
        ("ASCII", "windows-1252"),
        ("windows 1251", "windows-1251"),
        ("win-1251", "windows-1251"),
        ("CP-1251", "windows-1251"),
        ("ansi", "windows-1252"),
        ("8859-1", "iso-8859-1"),
        ("iso8859", "iso-8859-1"),
        ("mac-roman", "macintosh"),
        ("x-mac-ce", "x-mac-ce"),
        ("cp437", "ibm437"),
        ("IBM850", "ibm850"),
        ("dos-852", "ibm852"),
        ("cp1125", "ibm1125"),
        ("johab", "johab"),
        ("koi8-t", "koi8-t"),
        ("pt154", "ptcp154"),
    ],
)
def test_a_label_names_its_encoding(label, name):
    encoding = find_encoding(label)
    assert encoding is not None
    assert encoding.name == name
    assert codecs.lookup(encoding.codec)._is_text_encoding


@pytest.mark.parametrize(
    "label",
    [
        *("utf-7", "utf-32", "base64", "hex", "rot13", "idna", "punycode", "unicode_escape", "zip", "bz2"),
        *("raw_unicode_escape", "undefined", "mbcs", "hz-gb-2312", "iso-2022-kr", "iso-2022-cn", "cp037"),
        *(
            "quopri",
            "uu",
            "palmos",
            "",
            None,
            "x" * 9_000,
            "iso-8859-12",
            "ibm273",
            "cp500",
            "windows-1259",
            "\0",
            "..",
            "utf-8-sig",
        ),
    ],
)
def test_a_codec_that_is_no_encoding_of_the_web_is_not_used(label):
    assert find_encoding(label) is None
