"""Whatever reads the table of entries must know that the entries of a packed document are not there.

A new module belongs in one of these lists. If none of them fits, it reads documents by
:mod:`sitemap_cli.services.shared.packed_documents`, or by :mod:`sitemap_cli.services.shared.url_keys`.
"""

import re
from pathlib import Path

SERVICES = Path(__file__).parents[2] / "sitemap_cli" / "services"
READS = re.compile(
    r"^from sitemap_cli\.storage\.models import .*\bentries\b|\bmodels\.entries\b|\bimport select_locs\b"
    r"|\b(FROM|JOIN) entries\b",
    re.MULTILINE,
)

READERS = {
    "unpack what is packed": (
        *("history/document_columns", "reporting/listed_urls", "shared/packed_documents", "shared/url_keys"),
        "reporting/entry_sample",
        *("history/trust_evidence", "probing/probe_store", "reporting/database_faults"),
    ),
    "pack or remove documents": ("catalog/removal", "catalog/superseded_documents"),
    "only build parts of statements": (
        *("reporting/derived_columns", "shared/document_urls", "shared/entry_packing"),
        "shared/joined_columns",
    ),
    "only look at the size of the table": ("reporting/table_sizes",),
    "read a temporary database in which nothing is packed": ("history/host_replacement",),
    # Those of a job that runs are not packed, nor those of the complete job that it is compared with.
    "read what a job just used": (
        *("recording/cached_documents", "recording/foreign_origins", "recording/url_counts"),
    ),
    # tasks.packing.expand_for_check() is called first; page_facts and known_probes only look at the entries
    # of the job that is checked.
    "read what a check expanded": (
        *("checking/built_pages", "checking/duplicate_urls", "checking/entry_columns"),
        *("checking/finding_places", "checking/home_page", "checking/hreflang_links"),
        *("checking/hreflang_statements", "checking/joint_duplicates", "checking/known_probes"),
        *("checking/lastmod_values", "checking/lost_urls", "checking/page_changes", "checking/page_facts"),
        "checking/previous_job",
    ),
}


def test_it_is_known_of_each_reader_of_entries_whether_it_meets_packed_documents() -> None:
    found = {
        str(path.relative_to(SERVICES).with_suffix(""))
        for path in SERVICES.rglob("*.py")
        if READS.search(path.read_text())
    }
    assert found == {name for several in READERS.values() for name in several}
