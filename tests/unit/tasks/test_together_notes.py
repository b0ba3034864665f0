"""What the notes of a check say of the sites that were judged together."""

from sitemap_cli.tasks.check import _name_sites


def test_the_first_sites_are_named_and_the_others_counted() -> None:
    assert _name_sites(["a.de"]) == "a.de"
    assert _name_sites(["a.de", "b.de"]) == "a.de, b.de"
    names = [f"{number}.de" for number in range(13)]
    assert _name_sites(names) == f"{', '.join(names[:10])} and 3 more"
