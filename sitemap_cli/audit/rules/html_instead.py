"""An HTML page stands where the sitemap should be (SM111): a login, an application shell, a soft 404.

Source: the Search Console's "Sitemap is HTML".
"""

from sitemap_cli.audit.rule import Rule, from_errors
from sitemap_cli.model import Severity

RULES = (Rule("SM111", "html-instead", Severity.ERROR, from_errors("html-instead")),)
