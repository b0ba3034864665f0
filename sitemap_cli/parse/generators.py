"""Guesses which program wrote a document, from comments, stylesheets and generator elements."""

import re
from functools import cache

# The URL of a stylesheet contains a host, so a mark must be more than a word that a host name may contain.
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
_MAX_TEXT = 4_096


def guess_generator(text: str) -> str | None:
    """Return the name of the program that a comment, stylesheet or generator element points to, or None."""
    found = _compile_marks().search(text[:_MAX_TEXT])
    return _MARKS[(found.lastindex or 1) - 1][0] if found else None


@cache
def _compile_marks() -> re.Pattern[str]:
    """Compile all marks into one pattern, once: that takes as long as to read ten thousand entries."""
    return re.compile("|".join(f"({pattern})" for _, pattern in _MARKS), re.IGNORECASE)
