"""Groups of failed jobs."""

import pytest

from sitemap_cli.model.results import Comparison, FailureGroup
from sitemap_cli.services.reporting.failure_groups import FailedSite, generalize_error, group_sites


@pytest.mark.parametrize(
    ("error", "general"),
    [
        (None, None),
        ("it took too long", "it took too long"),
        ("https is refused; try http://a.test", "https is refused; try http://DOMAIN"),
        ("neither a.test nor www.a.test", "neither DOMAIN nor www.DOMAIN"),
        ("see b-a.test, a.test.de and ba.test", "see b-a.test, a.test.de and ba.test"),
        ("none of the 1,222 URLs of the site is below /x/", "none of the N URLs of the site is below /x/"),
        ("2 of 3 sitemaps could not be read: status 503", "N of N sitemaps could not be read: status 503"),
    ],
)
def test_the_name_of_a_site_and_numbers_of_urls_make_no_other_reason(error, general):
    assert generalize_error(error, "a.test") == general


def test_sites_that_fail_for_one_reason_are_one_group():
    old, new = Comparison.STILL_FAILING, Comparison.NEWLY_FAILING
    failed = [
        FailedSite("alone.test", "dns", "alone.test could not be resolved", new),
        *(FailedSite(f"{each}.test", "dns", f"{each}.test could not be resolved", old) for each in "abcd"),
        FailedSite("a.test", "http-error", "a.test could not be resolved", old),
    ]
    assert group_sites(failed) == [
        FailureGroup(old, "dns", "DOMAIN could not be resolved", 4, ["a.test", "b.test", "c.test"]),
        FailureGroup(new, "dns", "alone.test could not be resolved", 1, ["alone.test"]),
        FailureGroup(old, "http-error", "a.test could not be resolved", 1, ["a.test"]),
    ]


@pytest.mark.parametrize(
    ("errors", "shown"),
    [
        (["1 of 2 sitemaps is empty"] * 2, "1 of 2 sitemaps is empty"),
        (
            ["1 of 2 sitemaps is empty (a.test)", "1 of 2 sitemaps is empty (b.test)"],
            "1 of 2 sitemaps is empty (DOMAIN)",
        ),
        (["1 of 2 sitemaps is empty", "1 of 3 sitemaps is empty"], "N of N sitemaps is empty"),
    ],
)
def test_numbers_are_shown_if_they_are_the_same_for_all(errors, shown):
    failed = [
        FailedSite(f"{name}.test", "partial", each, None) for name, each in zip("ab", errors, strict=True)
    ]
    (group,) = group_sites(failed)
    assert group.error == shown
