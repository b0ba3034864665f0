"""Guesses which program wrote a document, from what it says about itself."""

import re

_MARKS: tuple[tuple[str, str], ...] = (
    ("Yoast SEO", r"yoast|/wordpress-seo/"),
    ("Rank Math", r"rank\s?math|seo-by-rank-math"),
    ("All in One SEO", r"all in one seo|aioseo|all-in-one-seo|default-sitemap\.xsl|default\.xsl\?sitemap="),
    ("SEOPress", r"seopress|sitemaps_xsl\.xsl"),
    ("The SEO Framework", r"the seo framework|autodescription"),
    ("Google XML Sitemaps", r"arnebrachhold|google-sitemap-generator|auctollo"),
    ("Jetpack", r"jetpack"),
    ("WordPress", r"wp-sitemap(?:-index)?\.xsl|wordpress\.org|wordpress/"),
    ("Shopify", r"shopify|parent sitemap linking to additional sitemaps for products"),
    ("Squarespace", r"squarespace"),
    ("Wix", r"\bwix\b"),
    ("Drupal Simple XML Sitemap", r"simple xml sitemap|simple_sitemap|sitemap_generator/default"),
    ("Drupal XML sitemap", r"xmlsitemap"),
    ("TYPO3", r"typo3|ext:seo"),
    ("Joomla", r"joomla|osmap|jsitemap|xmap"),
    ("Magento", r"magento"),
    ("PrestaShop", r"prestashop|gsitemap"),
    ("XML-Sitemaps.com", r"xml-sitemaps\.com"),
    ("Screaming Frog", r"screaming\s?frog"),
    ("Sitebulb", r"sitebulb"),
    ("Hugo", r"\bhugo\b"),
    ("Jekyll", r"\bjekyll\b"),
    ("Ghost", r"\bghost\b"),
)
_PATTERN = re.compile("|".join(f"({pattern})" for _, pattern in _MARKS), re.IGNORECASE)
_LONGEST = 4_096


def guess(text: str) -> str | None:
    """The name of the program that a comment, stylesheet or generator element gives away."""
    found = _PATTERN.search(text[:_LONGEST])
    return _MARKS[(found.lastindex or 1) - 1][0] if found else None
