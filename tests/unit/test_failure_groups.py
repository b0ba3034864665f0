"""Groups of failed jobs."""

import pytest

from sitemap_cli.model.results import Comparison, FailureGroup
from sitemap_cli.services.reporting.failure_groups import FailedSite, generalize_error, group_sites


@pytest.mark.parametrize(
    ("error", "general"),
    [
        (None, None),
        ("it took too long", "it took too long"),
        ("https is refused; try http://a.test", "https is refused; try URL"),
        ("neither a.test nor www.a.test", "neither DOMAIN nor DOMAIN"),
        ("status 503 (https://cdn.test/a_1.xml); no more", "status 503 (URL); no more"),
        ("10.0.0.7 is not a public address", "ADDRESS is not a public address"),
        ("::1 is not a public address", "ADDRESS is not a public address"),
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


@pytest.mark.parametrize(
    ("domains", "errors", "shown"),
    [
        (
            ["www.a.test", "b.test", "c.test:8080"],
            [
                "www.a.test could not be resolved",
                "b.test could not be resolved",
                "c.test could not be resolved",
            ],
            "DOMAIN could not be resolved",
        ),
        (
            ["www.a.test", "www.b.test"],
            [
                "neither www.a.test nor a.test could be resolved",
                "neither www.b.test nor b.test could be resolved",
            ],
            "neither www.DOMAIN nor DOMAIN could be resolved",
        ),
        (
            ["www.a.test", "b.test"],
            [
                "neither www.a.test nor a.test could be resolved",
                "neither b.test nor www.b.test could be resolved",
            ],
            "neither www.DOMAIN nor DOMAIN could be resolved",
        ),
        (
            ["[::1]:80", "[::2]"],
            ["nothing listens at [::1]:80", "nothing listens at [::2]"],
            "nothing listens at DOMAIN",
        ),
        (
            ["a.test", "b.test"],
            ["status 503 (https://a.test/sitemap.xml)", "status 503 (https://b.test/sitemap.xml)"],
            "status 503 (https://DOMAIN/sitemap.xml)",
        ),
        (
            ["a.test", "b.test"],
            ["status 503 (https://a.test/x.xml)", "status 503 (https://cdn.test/y.xml)"],
            "status 503 (URL)",
        ),
        (
            ["127.0.0.1:80", "b.test"],
            ["127.0.0.1 is not a public address", "10.0.0.7 is not a public address"],
            "ADDRESS is not a public address",
        ),
    ],
)
def test_the_host_in_a_message_makes_no_other_reason(domains, errors, shown):
    failed = [FailedSite(name, "dns", error, None) for name, error in zip(domains, errors, strict=True)]
    (group,) = group_sites(failed)
    assert (group.jobs, group.error) == (len(domains), shown)
