"""Guesses which program wrote a document, from what it says about itself."""

import re
from functools import cache

# Stylesheets are named with their host, so a mark must be more than a word that a host may have.
_MARKS: tuple[tuple[str, str], ...] = (
    ("Yoast SEO", r"yoast|/wordpress-seo/"),
    ("Rank Math", r"rank\s?math|seo-by-rank-math"),
    ("All in One SEO", r"all in one seo|aioseo|all-in-one-seo|default-sitemap\.xsl|default\.xsl\?sitemap="),
    ("SEOPress", r"seopress|sitemaps_xsl\.xsl"),
    ("The SEO Framework", r"the seo framework|autodescription"),
    ("Squirrly SEO", r"squirrly"),
    ("Slim SEO", r"slim seo\b|/slim-seo/"),
    ("XML Sitemap & Google News", r"google news sitemap feed|xml-sitemap-feed|status301\.net"),
    ("Google XML Sitemaps", r"arnebrachhold|google-sitemap-generator|auctollo"),
    ("Jetpack", r"jetpack"),
    ("WordPress", r"wp-sitemap(?:-index)?\.xsl|wordpress\.(?:org|com)/|wordpress/"),
    ("Shopify", r"shopify|parent sitemap linking to additional sitemaps for products"),
    ("Squarespace", r"squarespace"),
    ("Webflow", r"^\s*webflow\b|by webflow\b"),
    ("Wix", r"^\s*wix\b|by wix\b|\bwix\.com\b"),
    ("Drupal Simple XML Sitemap", r"simple xml sitemap|simple_sitemap|sitemap_generator/default"),
    ("Drupal XML sitemap", r"modules/(?:\w+/)*xmlsitemap/|drupal\.org/project/xmlsitemap|xml sitemap module"),
    ("TYPO3", r"typo3|ext:seo"),
    ("OSMap", r"\bosmap\b|com_osmap"),
    ("JSitemap", r"\bjsitemap\b|com_jmap"),
    ("Joomla", r"joomla|com_xmap"),
    ("Magento", r"magento"),
    ("PrestaShop", r"prestashop|modules/gsitemap/"),
    ("Shopware", r"shopware"),
    ("XML-Sitemaps.com", r"xml-sitemaps\.com"),
    ("A1 Sitemap Generator", r"a1 sitemap generator|microsystools"),
    ("GSiteCrawler", r"gsitecrawler"),
    ("Sitemap Writer", r"sitemap\s?writer"),
    ("Screaming Frog", r"screaming\s?frog"),
    ("Sitebulb", r"sitebulb"),
    ("next-sitemap", r"\bnext-sitemap\b"),
    ("Gatsby", r"gatsby-plugin|gatsbyjs"),
    ("Astro", r"@astrojs/|\bastro v[0-9]"),
    ("Hugo", r"^\s*hugo\s*$|\bhugo (?:--|v?[0-9])|gohugo\.io"),
    ("Jekyll", r"^\s*jekyll\s*$|jekyll v[0-9]|jekyllrb|jekyll-sitemap"),
    ("Ghost", r"^\s*ghost(?: [0-9.]+)?\s*$|by ghost\b|\bghost\.org\b"),
)
_LONGEST = 4_096


def guess(text: str) -> str | None:
    """The name of the program that a comment, stylesheet or generator element gives away."""
    found = _pattern().search(text[:_LONGEST])
    return _MARKS[(found.lastindex or 1) - 1][0] if found else None


@cache
def _pattern() -> re.Pattern[str]:
    """All marks at once; to compile them takes as long as to read ten thousand entries."""
    return re.compile("|".join(f"({pattern})" for _, pattern in _MARKS), re.IGNORECASE)
