"""What is wrong with a document as XML, or as a list of addresses."""

import msgspec

from sitemap_cli.audit.facts import SitemapFact
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.values import Severity

BROKEN = (
    *("not-well-formed", "truncated", "xml-too-deep", "token-too-long", "too-many-names"),
    *("too-many-repairs", "too-many-roots", "bad-attribute", "control-character", "half-entry"),
    *("merge-conflict", "mismatched-tag", "misplaced-markup", "second-root", "stray-end-tag"),
    *("unbound-prefix", "unclosed-tag", "junk-after-end", "comment-with-markup", "root-missing"),
    "xml-declaration",
)
ENCODINGS = ("bad-encoding", "encoding-not-utf8", "encoding-mismatch")
OFFICIAL = ("sitemaps.org/schemas/sitemap/0.", "google.com/schemas/sitemap/0.")


@rule("SM201", "not-well-formed", Severity.ERROR, Scope.DOCUMENT)
def not_well_formed(sitemap: SitemapFact) -> Hits:
    """A sitemap is no well-formed XML.

    Criterion: an XML parser has to give up or to guess: tags that do not match or do not end, attributes
        without quotes, control characters, a second root, a document that breaks off. Line and column are
        told, and what could be read is recorded.
    Why: Most crawlers drop the rest of the file from there on, some all of it.
    Mend: Write sitemaps with an XML library rather than by putting texts together; ``xmllint --noout``
        shows the same place.
    Bad: ``<url><loc>https://example.com/</url>``
    Good: ``<url><loc>https://example.com/</loc></url>``
    Source: https://www.w3.org/TR/xml/ https://support.google.com/webmasters/answer/7451001
    """
    found = list(sitemap.told(*BROKEN))
    return found or sitemap.failed(*BROKEN)


@rule("SM202", "encoding-not-utf8", Severity.ERROR, Scope.DOCUMENT)
def encoding_not_utf8(sitemap: SitemapFact) -> Hits:
    """A sitemap is not in UTF-8.

    Criterion: the document is in another encoding or declares one, or holds bytes that are no UTF-8. ASCII
        is UTF-8.
    Why: The protocol demands UTF-8, and addresses with other letters come out wrong.
    Mend: Write the file in UTF-8, and declare that or nothing.
    Bad: ``<?xml version="1.0" encoding="ISO-8859-1"?>``
    Good: ``<?xml version="1.0" encoding="UTF-8"?>``
    Source: https://www.sitemaps.org/protocol.html#escaping
    """
    found = list(sitemap.told(*ENCODINGS))
    return found or sitemap.failed("bad-encoding")


@rule("SM203", "bom-or-leading-space", Severity.WARNING, Scope.DOCUMENT)
def bom_or_leading_space(sitemap: SitemapFact) -> Hits:
    """Something stands before the document.

    Criterion: blanks, lines or other text before ``<?xml`` or the root element; for information only where
        it is a byte order mark, an error where no sitemap follows.
    Why: XML allows nothing before its declaration; strict parsers refuse the whole file.
    Mend: Look for what prints too early: a template that begins with a line break, a warning of PHP.
    Bad: an empty line before ``<?xml version="1.0"?>``
    Good: ``<?xml version="1.0"?>`` as the first characters of the file
    Source: https://support.google.com/webmasters/answer/7451001
    """
    yield from sitemap.told("bom", severity=Severity.INFO)
    found = list(sitemap.told("leading-whitespace", "junk-before"))
    yield from found or sitemap.failed("junk-before", severity=Severity.ERROR)


@rule("SM204", "namespace", Severity.ERROR, Scope.DOCUMENT)
def namespace(sitemap: SitemapFact) -> Hits:
    """The namespace of a sitemap is missing or wrong.

    Criterion: the root element is not in ``http://www.sitemaps.org/schemas/sitemap/0.9``, or entries are in
        another than the root. A warning for old and misspelled forms of it: https, a slash at the end,
        Google's 0.84.
    Why: To an XML parser, an element of another namespace is another element.
    Mend: Write ``xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"`` in the root, with http.
    Bad: ``<urlset xmlns="https://www.sitemaps.org/schemas/sitemap/0.9">``
    Good: ``<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">``
    Source: https://www.sitemaps.org/protocol.html#urlsetdef
    """
    for hit in sitemap.told("namespace", "entry-namespace"):
        variant = any(each in hit.message.partition(";")[0] for each in OFFICIAL)
        yield msgspec.structs.replace(hit, severity=Severity.WARNING) if variant else hit


@rule("SM205", "root-element", Severity.ERROR, Scope.DOCUMENT)
def root_element(sitemap: SitemapFact) -> Hits:
    """The document is something else than a sitemap, a feed or a list of addresses.

    Criterion: the root element is none of ``urlset``, ``sitemapindex``, ``rss``, ``rdf`` and ``feed``, and
        what is no XML does not begin with an address.
    Why: Crawlers find nothing in it.
    Mend: Let the address answer with a sitemap, or name another one.
    Bad: ``<opml version="2.0">``
    Good: ``<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.failed("not-a-sitemap")


@rule("SM206", "unknown-tag", Severity.WARNING, Scope.DOCUMENT)
def unknown_tag(sitemap: SitemapFact) -> Hits:
    """A sitemap has an element that the protocol does not know.

    Criterion: an element of the protocol's namespace that is not one of its own or is written in other
        letters, or one that stands where it may not; each name is told once.
    Why: Crawlers leave it out, with all that stands in it.
    Mend: Correct the name; XML tells upper from lower case.
    Bad: ``<lastMod>2026-11-01</lastMod>``
    Good: ``<lastmod>2026-11-01</lastmod>``
    Source: https://www.sitemaps.org/protocol.html#xmlTagDefinitions
    """
    return sitemap.told("unknown-tag", "tag-case", "stray-tag", "foreign-entry")


@rule("SM207", "duplicate-tag", Severity.WARNING, Scope.DOCUMENT)
def duplicate_tag(sitemap: SitemapFact) -> Hits:
    """An entry has an element twice that it may have once.

    Criterion: two or more of ``loc``, ``lastmod``, ``changefreq`` or ``priority`` in one entry, or of a field
        of an image, video or article that may occur once.
    Why: Nobody knows which of them counts; search engines reject the entry or take the first.
    Mend: Write each once.
    Bad: ``<lastmod>2026-11-01</lastmod><lastmod>2026-11-02</lastmod>``
    Good: ``<lastmod>2026-11-02</lastmod>``
    Source: https://support.google.com/webmasters/answer/7451001
    """
    return sitemap.told("duplicate-tag")


@rule("SM209", "dtd-or-entity", Severity.ERROR, Scope.DOCUMENT)
def dtd_or_entity(sitemap: SitemapFact) -> Hits:
    """A sitemap has a document type declaration.

    Criterion: a ``DOCTYPE`` with declarations of its own, such as entities: none of them is expanded. For
        information only where it merely names a document type.
    Why: Entities are a way to attack parsers; crawlers refuse them or the whole file.
    Mend: Leave the ``DOCTYPE`` away, and write characters as they are or as ``&amp;``, ``&lt;``, ``&#233;``.
    Bad: ``<!DOCTYPE urlset [<!ENTITY shop "https://example.com/">]>``
    Good: no ``DOCTYPE``
    Source: own (the protocol has none; see https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing)
    """
    yield from sitemap.told("doctype", severity=Severity.INFO)
    found = list(sitemap.told("dtd-forbidden"))
    yield from found or sitemap.failed("dtd-forbidden")


@rule("SM210", "unescaped-data", Severity.ERROR, Scope.DOCUMENT)
def unescaped_data(sitemap: SitemapFact) -> Hits:
    """A character that XML needs escaped stands as it is.

    Criterion: a ``&`` that begins no reference, a ``<`` that begins no tag, or a reference to an entity that
        XML does not know, such as ``&nbsp;``.
    Why: A strict parser ends there.
    Mend: Write ``&amp;`` for ``&``, ``&lt;`` for ``<``; let an XML library do it.
    Bad: ``<loc>https://example.com/?a=1&b=2</loc>``
    Good: ``<loc>https://example.com/?a=1&amp;b=2</loc>``
    Source: https://www.sitemaps.org/protocol.html#escaping
    """
    return sitemap.told("unescaped-data", "undefined-entity")


@rule("SM211", "schema-order", Severity.INFO, Scope.DOCUMENT, opt_in=True)
def schema_order(sitemap: SitemapFact) -> Hits:
    """The elements of an entry stand in another order than in the schema.

    Criterion: an element of ``url`` or ``sitemap`` stands after one that follows it in the schema: ``loc``,
        ``lastmod``, ``changefreq``, ``priority``, then those of extensions; each entry counts once. It is
        judged only with ``--xsd``, or if it is selected by its id or name. What else the schema demands is
        in SM204, SM206, SM207, SM301, SM303, SM321, SM331 and SM333.
    Why: A validator with the schema refuses the file; no search engine is known to mind.
    Mend: Write the fields in the order of the schema.
    Bad: ``<url><priority>0.5</priority><loc>https://example.com/</loc></url>``
    Good: ``<url><loc>https://example.com/</loc><priority>0.5</priority></url>``
    Source: https://www.sitemaps.org/schemas/sitemap/0.9/sitemap.xsd
    """
    return () if sitemap.disorder is None else (sitemap.disorder,)


@rule("SM212", "text-format", Severity.ERROR, Scope.DOCUMENT)
def text_format(sitemap: SitemapFact) -> Hits:
    """A line of a text sitemap is something else than one address.

    Criterion: a line that is no absolute http or https address, or has something beside it; comments too.
    Why: The format has nothing but addresses, one on each line.
    Mend: Take everything else out of the file.
    Bad: ``https://example.com/a 2026-11-01``
    Good: ``https://example.com/a``
    Source: https://www.sitemaps.org/protocol.html#otherformats
    """
    return sitemap.told("text-line", "text-comment")


@rule("SM213", "nested-or-mixed", Severity.ERROR, Scope.DOCUMENT)
def nested_or_mixed(sitemap: SitemapFact) -> Hits:
    """A sitemap has content where the protocol allows none.

    Criterion: ``urlset`` or ``sitemapindex`` inside another, ``url`` in an index or ``sitemap`` in a urlset,
        or addresses and text between the entries.
    Why: Crawlers take the file for one of the two, and drop what belongs to the other.
    Mend: Write pages into a ``urlset`` and sitemaps into a ``sitemapindex``, each in a file of its own.
    Bad: ``<sitemapindex ...><url><loc>...</loc></url></sitemapindex>``
    Good: ``<sitemapindex ...><sitemap><loc>...</loc></sitemap></sitemapindex>``
    Source: https://www.sitemaps.org/protocol.html#index
    """
    return sitemap.told("nested-root", "mixed-kinds", "stray-address", "stray-text")
