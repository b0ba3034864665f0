"""SQL statements that find faulty hreflang links.

Each has two versions, because SQLite and Postgres unnest JSON differently. Anti-joins are written as joins: a
``NOT IN`` with millions of rows takes a pass over all of them per row on Postgres.
"""

from typing import NamedTuple

from sqlalchemy import TextClause, bindparam, text

from sitemap_cli.services.checking.document_homes import HOMES
from sitemap_cli.storage.declarative_base import bind_ids

# The language versions of each page, without versions for a kind of device.
_LISTED_VERSIONS = {
    "sqlite": """
        SELECT e.loc AS loc, lower(json_extract(a.value, '$.hreflang')) AS lang,
            json_extract(a.value, '$.href') AS href
        FROM entries e, json_each(e.extensions, '$.alternates') a
        WHERE e.document_id IN :documents AND e.extensions IS NOT NULL
    """,
    "postgresql": """
        SELECT e.loc AS loc, lower(a.value ->> 'hreflang') AS lang, a.value ->> 'href' AS href
        FROM entries e
        CROSS JOIN LATERAL jsonb_array_elements(coalesce(e.extensions::jsonb -> 'alternates', '[]')) a
        WHERE e.document_id IN :documents AND e.extensions IS NOT NULL
    """,
}
# The distinct ones; a URL without a host, which SM544 reports, is on the host of the page.
_VERSIONS = """
    SELECT DISTINCT loc, lang, CASE
        WHEN substr(href, 1, 1) <> '/' THEN href
        WHEN substr(href, 1, 2) = '//' THEN {scheme} || href
        ELSE {origin} || href END AS href
    FROM ({listed_versions}) a
    WHERE lang IS NOT NULL AND href IS NOT NULL
"""
_SCHEME = {
    "sqlite": "substr(loc, 1, instr(loc, ':'))",
    "postgresql": "substr(loc, 1, position(':' in loc))",
}
_ORIGIN = {
    "sqlite": (
        "substr(loc, 1, instr(loc, '://') + 1 + instr(substr(loc, instr(loc, '://') + 3) || '/', '/'))"
    ),
    "postgresql": "coalesce(substring(loc from '^[^:]*://[^/]*'), '')",
}
# Other spellings of URLs, with the canonical one of each.
_SPELLINGS = {
    "sqlite": "SELECT key AS spelling, value AS canonical FROM json_each(:spellings)",
    "postgresql": (
        "SELECT key AS spelling, value AS canonical FROM jsonb_each_text(CAST(:spellings AS jsonb))"
    ),
}
_CANONICAL_VERSIONS = """
    SELECT DISTINCT coalesce(l.canonical, v.loc) AS loc, v.lang AS lang,
        coalesce(h.canonical, v.href) AS href
    FROM ({versions}) v
    LEFT JOIN ({spellings}) l ON l.spelling = v.loc
    LEFT JOIN ({spellings}) h ON h.spelling = v.href
"""
# The versions that probed pages name in their HTML or in a header.
_IN_PAGES = {
    "sqlite": """
        SELECT DISTINCT p.loc AS loc, a.value AS href FROM probes p, json_each(p.alternates) a
        WHERE {probed} AND p.alternates IS NOT NULL
    """,
    "postgresql": """
        SELECT DISTINCT p.loc AS loc, a.value AS href
        FROM probes p CROSS JOIN LATERAL json_each_text(p.alternates) a
        WHERE {probed} AND p.alternates IS NOT NULL
    """,
}
_CANONICAL_IN_PAGES = """
    SELECT DISTINCT coalesce(l.canonical, v.loc) AS loc, coalesce(h.canonical, v.href) AS href
    FROM ({in_pages}) v
    LEFT JOIN ({spellings}) l ON l.spelling = v.loc
    LEFT JOIN ({spellings}) h ON h.spelling = v.href
"""
_PROBED = (
    "(p.job_id IN :jobs OR p.id IN :probes) AND p.role = 'listed' AND p.error IS NULL"
    " AND p.status_code BETWEEN 200 AND 299 AND p.hops IS NULL AND lower(p.content_type) LIKE '%html%'"
)
# The probed pages whose HTML was read.
_SILENT = "SELECT DISTINCT p.loc AS loc FROM probes p WHERE {probed}"
_CANONICAL_SILENT = """
    SELECT DISTINCT coalesce(c.canonical, s.loc) AS loc
    FROM ({silent}) s LEFT JOIN ({spellings}) c ON c.spelling = s.loc
"""
_EXCEPT = "EXCEPT SELECT href, loc FROM ({}) i"
_JOINED = {
    "sqlite": "group_concat({}, char(10))",
    "postgresql": "string_agg({}, chr(10))",
}
# The host of a URL without ``www.``, to compare with another one.
_HOST = {
    "sqlite": (
        "replace(substr({url}, instr({url}, '://') + 3,"
        " instr(substr({url}, instr({url}, '://') + 3) || '/', '/') - 1), 'www.', '')"
    ),
    "postgresql": "replace(coalesce(substring({url} from '://([^/]*)'), ''), 'www.', '')",
}

# Codes that SM542 reports: they are not missing on other pages.
_INVALID = {
    "sqlite": "SELECT value AS lang FROM json_each(:invalid)",
    "postgresql": "SELECT value AS lang FROM jsonb_array_elements_text(CAST(:invalid AS jsonb))",
}
# A URL without scheme, ``www.`` and slashes at its end.
_BARE = {
    "sqlite": "rtrim(replace(substr({url}, instr({url}, '://') + 3), 'www.', ''), '/')",
    "postgresql": "rtrim(replace(regexp_replace({url}, '^[^:]*://', ''), 'www.', ''), '/')",
}

LONE = """
    WITH versions AS MATERIALIZED ({versions})
    SELECT loc, href FROM versions WHERE href <> loc
    EXCEPT SELECT href, loc FROM versions
"""
IN_PAGES = "{raw_in_pages}"
# Links without a return link, neither in a sitemap nor in a page that was probed. Those to a listed page with
# another slash at its end, scheme or ``www.`` are a fault of their own: that page seems not to be linked
# back, the versions seem to name other pages, and a page that links to itself so seems not to name itself. If
# a page itself is named so, links to it are the same fault.
_LINKS = """
    WITH versions AS MATERIALIZED ({versions}),
    pages AS MATERIALIZED (SELECT DISTINCT loc FROM versions),
    unmatched AS MATERIALIZED (
        SELECT loc, href FROM versions WHERE href <> loc
        EXCEPT SELECT href, loc FROM versions
        {except_in_pages}
    ),
    strange AS MATERIALIZED (
        SELECT u.loc AS loc, u.href AS href, {bare_href} AS bare
        FROM unmatched u LEFT JOIN pages p ON p.loc = u.href WHERE p.loc IS NULL
    ),
    meant AS MATERIALIZED (
        SELECT bare, min(loc) AS loc FROM (SELECT loc, {bare_loc} AS bare FROM pages) p
        WHERE bare IN (SELECT bare FROM strange) GROUP BY bare
    ),
    wrong AS MATERIALIZED (
        SELECT s.loc AS loc, s.href AS href, m.loc AS meant FROM strange s JOIN meant m ON m.bare = s.bare
    ),
    lone AS MATERIALIZED (
        SELECT loc, href FROM unmatched
        EXCEPT SELECT w.loc, w.href FROM wrong w
            JOIN wrong s ON s.loc = w.meant AND s.href = w.href AND s.meant = s.loc
        EXCEPT SELECT meant, loc FROM wrong
    ),
"""
# The first of the sites that list a page.
_LISTED = """
    SELECT {loc_of_entry} AS loc, min(h.site) AS site
    FROM entries e JOIN ({homes}) h ON h.document = e.document_id {spelling_of_entry}
    WHERE e.document_id IN :listing AND {loc_of_entry} IN ({wanted})
    GROUP BY {loc_of_entry}
"""
ONE_WAY = """
    {links}
    listed AS MATERIALIZED ({listed_lone}),
    judged AS (
        SELECT l.loc AS loc, l.href AS href, h.site AS source, coalesce(t.site, -1) AS goal, CASE
            WHEN p.loc IS NOT NULL THEN 'linked'
            {when_silent}
            WHEN t.loc IS NOT NULL THEN 'plain'
            WHEN {host_of_loc} = {host_of_href} THEN 'unlisted'
            ELSE 'foreign' END AS target,
            {host_of_loc} AS own_host, {host_of_href} AS host
        FROM lone l
        JOIN listed h ON h.loc = l.loc
        LEFT JOIN listed t ON t.loc = l.href
        LEFT JOIN pages p ON p.loc = l.href
        {join_silent}
    ),
    ranked AS (
        SELECT loc, href, target, source, goal, own_host, host,
            count(*) OVER (PARTITION BY source, goal, target, own_host, host) AS times,
            row_number() OVER (
                PARTITION BY source, goal, target, own_host, host ORDER BY loc, href
            ) AS place
        FROM judged
    )
    SELECT loc, href, target, source, goal, own_host, host, place, times, NULL AS lacks, NULL AS differs
    FROM ranked WHERE place <= :most ORDER BY loc, href
"""
# Pages that lack a version which a page names that they link to, and that links to them. A page that links
# to them without a return link is reported for that. If both have a version for a language, but with other
# URLs, the later page is reported, unless the earlier one names both. Invalid codes, and what is missing
# because of them, are left out.
SPLIT = """
    {links}
    sets AS MATERIALIZED (
        SELECT loc, {joined_set} AS version_set
        FROM (SELECT * FROM versions ORDER BY loc, lang, href) s GROUP BY loc
    ),
    pairs AS MATERIALIZED (
        SELECT loc, href FROM versions WHERE href <> loc
        INTERSECT SELECT href, loc FROM versions
    ),
    differ AS MATERIALIZED (
        SELECT p.href AS loc, p.loc AS other FROM pairs p
        JOIN sets a ON a.loc = p.loc
        JOIN sets b ON b.loc = p.href
        LEFT JOIN (SELECT DISTINCT loc FROM wrong) x ON x.loc = p.loc
        LEFT JOIN (SELECT DISTINCT loc FROM wrong) y ON y.loc = p.href
        WHERE a.version_set <> b.version_set AND x.loc IS NULL AND y.loc IS NULL
    ),
    lacking AS MATERIALIZED (
        SELECT d.loc AS loc, d.other AS other, v.lang AS lang, o.href AS own
        FROM differ d
        JOIN versions v ON v.loc = d.other
        LEFT JOIN versions s ON s.loc = d.loc AND s.lang = v.lang AND s.href = v.href
        LEFT JOIN lone l ON l.loc = v.href AND l.href = d.loc
        LEFT JOIN (
            SELECT loc, lang, min(href) AS href FROM versions GROUP BY loc, lang
        ) o ON o.loc = d.loc AND o.lang = v.lang
        LEFT JOIN versions b ON b.loc = d.other AND b.lang = v.lang AND b.href = o.href
        LEFT JOIN ({invalid_codes}) i ON i.lang = v.lang
        LEFT JOIN (
            SELECT w.loc, w.href FROM versions w JOIN ({invalid_codes}) c ON c.lang = w.lang
        ) m ON m.loc = d.loc AND m.href = v.href
        WHERE s.loc IS NULL AND l.loc IS NULL AND b.loc IS NULL AND (o.loc IS NULL OR d.other < d.loc)
            AND i.lang IS NULL AND m.loc IS NULL
    ),
    chosen AS MATERIALIZED (
        SELECT loc, other, {joined_lang} FILTER (WHERE own IS NULL) AS lacks,
            {joined_lang} FILTER (WHERE own IS NOT NULL) AS differs,
            row_number() OVER (PARTITION BY loc ORDER BY other) AS nth
        FROM lacking GROUP BY loc, other
    ),
    listed AS MATERIALIZED ({listed_chosen}),
    -- Grouping is a join here: SQLite would compare each page with all others.
    placed AS MATERIALIZED (
        SELECT loc, max(other) AS href, max(lacks) AS lacks, max(differs) AS differs, max(site) AS source
        FROM (
            SELECT loc, other, lacks, differs, NULL AS site FROM chosen WHERE nth = 1
            UNION ALL SELECT loc, NULL, NULL, NULL, site FROM listed
        ) b GROUP BY loc
    ),
    ranked AS (
        SELECT loc, href, lacks, differs, source,
            row_number() OVER (PARTITION BY source ORDER BY loc) AS place,
            count(*) OVER (PARTITION BY source) AS times
        FROM placed WHERE href IS NOT NULL AND source IS NOT NULL
    )
    SELECT loc, href, 'linked', source, source, '', '', place, times, lacks, differs
    FROM ranked WHERE place <= :most ORDER BY loc, href
"""


class Variant(NamedTuple):
    """What a statement has to be made for.

    Attributes:
        dialect: the SQL dialect of the database.
        has_spellings: whether URLs have several spellings; ``:spellings`` has the canonical ones as JSON.
        has_probes: whether pages were probed, for the jobs ``:jobs`` or as ``:probes``.
    """

    dialect: str
    has_spellings: bool = False
    has_probes: bool = False


def build_statement(statement: str, variant: Variant) -> TextClause:
    """Return a statement, with the ids of documents as a parameter."""
    dialect = variant.dialect
    spellings = _SPELLINGS[dialect]
    versions = _VERSIONS.format(
        listed_versions=_LISTED_VERSIONS[dialect], scheme=_SCHEME[dialect], origin=_ORIGIN[dialect]
    )
    in_pages = _IN_PAGES[dialect].format(probed=_PROBED)
    parts = {"raw_in_pages": in_pages}
    if variant.has_spellings:
        versions = _CANONICAL_VERSIONS.format(versions=versions, spellings=spellings)
        in_pages = _CANONICAL_IN_PAGES.format(in_pages=in_pages, spellings=spellings)
    silent = _SILENT.format(probed=_PROBED)
    if variant.has_spellings:
        silent = _CANONICAL_SILENT.format(silent=silent, spellings=spellings)
    parts |= {
        "versions": versions,
        "invalid_codes": _INVALID[dialect],
        "joined_set": _JOINED[dialect].format("lang || ' ' || href"),
        "joined_lang": _JOINED[dialect].format("lang"),
        "host_of_loc": _HOST[dialect].format(url="l.loc"),
        "host_of_href": _HOST[dialect].format(url="l.href"),
        "bare_loc": _BARE[dialect].format(url="loc"),
        "bare_href": _BARE[dialect].format(url="u.href"),
        "except_in_pages": _EXCEPT.format(in_pages) if variant.has_probes else "",
        "when_silent": "WHEN s.loc IS NOT NULL THEN 'silent'" if variant.has_probes else "",
        "join_silent": f"LEFT JOIN ({silent}) s ON s.loc = l.href" if variant.has_probes else "",
    }
    listing = {
        "homes": HOMES[dialect],
        "loc_of_entry": "coalesce(c.canonical, e.loc)" if variant.has_spellings else "e.loc",
        "spelling_of_entry": f"LEFT JOIN ({spellings}) c ON c.spelling = e.loc"
        if variant.has_spellings
        else "",
    }
    parts["links"] = _LINKS.format(**parts)
    both = "SELECT href FROM lone UNION SELECT loc FROM lone"
    parts["listed_lone"] = _LISTED.format(**listing, wanted=both)
    parts["listed_chosen"] = _LISTED.format(**listing, wanted="SELECT loc FROM chosen")
    sql = statement.format(**parts)
    lists = [bind_ids(name) for name in ("documents", "listing", "probes") if f":{name}" in sql]
    if ":jobs" in sql:
        lists.append(bindparam("jobs", expanding=True))
    return text(sql).bindparams(*lists)
