"""Paths where sites commonly keep their sitemaps, the likeliest first.

The paths come from the example of the sitemap protocol, from content systems and shops (WordPress
core, Yoast, Rank Math, Jetpack, Drupal, Joomla, TYPO3, Shopify, Wix, Squarespace, BigCommerce,
PrestaShop, Magento, Next.js, Astro, Gatsby, Hugo) and from the guesses of common crawlers. Each group is
requested as a whole; the search ends after the first group in which something was found.
"""

PATH_GROUPS: tuple[tuple[str, ...], ...] = (
    (
        "sitemap.xml",
        "sitemap_index.xml",
        "sitemap-index.xml",
        "wp-sitemap.xml",
        "sitemap.txt",
        "sitemap.xml.gz",
    ),
    (
        "sitemap_index.xml.gz",
        "sitemap-index.xml.gz",
        "sitemapindex.xml",
        "sitemap-index-1.xml",
        "sitemap-0.xml",
        "sitemap_0.xml",
        "sitemap-1.xml",
        "sitemap1.xml",
        "sitemap/sitemap.xml",
        "sitemap/sitemap-index.xml",
        "sitemap/sitemap-0.xml",
        "sitemap/index.xml",
        "sitemaps/sitemap.xml",
        "sitemaps/sitemap_index.xml",
        "sitemaps.xml",
        "sitemap_news.xml",
        "sitemap-news.xml",
        "sitemap_news.xml.gz",
        "sitemap-news.xml.gz",
        "news-sitemap.xml",
        "post-sitemap.xml",
        "page-sitemap.xml",
        "pages-sitemap.xml",
        "blog-posts-sitemap.xml",
        "store-products-sitemap.xml",
        "sitemap_products_1.xml",
        "server-sitemap.xml",
        "server-sitemap-index.xml",
        "1_index_sitemap.xml",
        "media/sitemap.xml",
        "pub/sitemap.xml",
        "xmlsitemap.php",
        "sitemap.php",
        "sitemap",
        ".sitemap.xml",
        "admin/config/search/xmlsitemap",
    ),
)

# Responses to these paths say nothing about sitemaps: servers refuse names with a leading dot and
# administration pages whether they exist or not, and /sitemap is a page for people on many sites.
INCONCLUSIVE_PATHS = ("/.sitemap.xml", "/admin/config/search/xmlsitemap", "/sitemap")
