"""Other crawlers of sitemaps, which store nothing.

``python crawlers.py NAME URL`` prints how many URLs one found in the sitemaps below an index. It runs in an
environment of its own, so this file imports nothing of the program.
"""

import sys
from urllib.parse import urljoin


def crawl_with_scrapy(url: str) -> int:
    """Let the spider for sitemaps read all of them, and follow no page."""
    from scrapy.crawler import CrawlerProcess
    from scrapy.spiders import SitemapSpider

    found = 0

    class Spider(SitemapSpider):
        name = "benchmark"
        sitemap_urls = (url,)

        def sitemap_filter(self, entries):
            nonlocal found
            if entries.type == "sitemapindex":
                yield from entries
                return
            for _ in entries:
                found += 1

    process = CrawlerProcess({"LOG_ENABLED": False, "ROBOTSTXT_OBEY": False})
    process.crawl(Spider)
    process.start()
    return found


def crawl_with_advertools(url: str) -> int:
    """Read all sitemaps into a data frame."""
    import advertools

    return len(advertools.sitemap_to_df(url))


def crawl_with_usp(url: str) -> int:
    """Find the sitemaps of the home page, and read all of them."""
    from usp.tree import sitemap_tree_for_homepage

    return sum(1 for _ in sitemap_tree_for_homepage(urljoin(url, "/")).all_pages())


CRAWLERS = {
    "scrapy": crawl_with_scrapy,
    "advertools": crawl_with_advertools,
    "ultimate_sitemap_parser": crawl_with_usp,
}

if __name__ == "__main__":
    print(CRAWLERS[sys.argv[1]](sys.argv[2]))
