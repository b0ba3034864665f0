"""Pages that robots.txt disallows for crawlers of AI services, by what these are for."""

from sitemap_cli.audit.entry_batch import Batch
from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import Audience, Decision, Permission
from sitemap_cli.audit.hit import Hits
from sitemap_cli.audit.robots_blocks import join_names, name_place, name_share, report_blocks
from sitemap_cli.audit.rule import Scope, rule
from sitemap_cli.model.crawlers import list_crawlers
from sitemap_cli.model.values import Severity

NAMED = 4
"""The number of crawlers to name in a message."""
LISTED = " from listed URLs. "
EFFECTS = {
    Audience.AI_SEARCH: "The AI searches of these crawlers cannot cite the pages.",
    Audience.AI_TRAINING: "Search results and citations are not affected.",
    Audience.AI_USER: "Some of them may ignore robots.txt, because a person asked for the page.",
}
"""What blocking several crawlers does."""


def _describe(permission: Permission, rule_: Decision | None) -> str:
    names, audience = permission.agents, permission.audience
    known = {each.token: each for each in list_crawlers()}
    shown = names if len(names) <= NAMED else [*names[: NAMED - 1], f"{len(names) - NAMED + 1} more"]
    effect = known[names[0]].effect if len(names) == 1 else EFFECTS[audience]
    kind = "for users" if audience is Audience.AI_USER else audience.value
    return f"{name_place(rule_)} blocks {join_names(shown)} ({kind}){LISTED}{effect}"


def _summarize(message: str, count: int, site: SiteFact) -> str:
    before, _, effect = message.rpartition(LISTED)
    return f"{before} from {name_share(count, site)} listed URLs. {effect}"


@rule("SM712", Severity.INFO, Scope.URL, needs=("permissions",), needs_complete=True, summarize=_summarize)
def disallowed_to_ai_training(batch: Batch) -> Hits:
    """robots.txt disallows listed URLs for crawlers that collect training data for AI models.

    Checks: The robots.txt of the URL's own host disallows it for a crawler or a token that is about training,
        such as GPTBot, ClaudeBot, Google-Extended, Applebot-Extended, meta-externalagent, Amazonbot or CCBot.
        ``sitemap robots DOMAIN --ai`` shows all of them. Rules that search engines obey as well are left to
        SM706. There is one finding for each line of robots.txt.
    Why: This is a decision about rights, not a mistake: it keeps the pages out of future models. It does not
        change rankings or citations, for which the same companies have crawlers of their own. Google-Extended
        and Applebot-Extended send no requests, and change nothing in Google Search or in Siri.
    Fix: Do nothing if this is intended. Otherwise, add a group for these crawlers that allows the URLs.
    Message: robots.txt:2 `Disallow: /` blocks GPTBot (training) from all 2 listed URLs. Citations in ChatGPT
        are not affected.
    Bad: unless that is your policy::

        User-agent: GPTBot
        Disallow: /

    Good::

        User-agent: GPTBot
        Allow: /

    Source: https://developers.openai.com/api/docs/bots https://support.claude.com/en/articles/8896518
        https://developers.google.com/crawling/docs/crawlers-fetchers/google-common-crawlers#google-extended
    See also: SM721 SM722
    """
    return report_blocks(batch, Audience.AI_TRAINING, _describe)


@rule("SM721", Severity.WARNING, Scope.URL, needs=("permissions",), needs_complete=True, summarize=_summarize)
def disallowed_to_ai_search(batch: Batch) -> Hits:
    """robots.txt disallows listed URLs for crawlers of AI searches.

    Checks: The robots.txt of the URL's own host disallows it for a crawler of an AI search: OAI-SearchBot
        (ChatGPT), Claude-SearchBot, PerplexityBot, Applebot (Siri, Spotlight), Amzn-SearchBot (Alexa),
        Meta-WebIndexer, MistralAI-Index or DuckAssistBot. Applebot obeys the group of Googlebot if it has
        none. Rules that search engines obey as well are left to SM706. There is one finding for each line of
        robots.txt.
    Why: An AI search cites only pages that its crawler may fetch. Blocking it costs visibility, and does not
        prevent training: other crawlers collect for that (SM712). AI Overviews and AI Mode of Google have no
        crawler of their own; they use what Googlebot fetches, and Copilot what Bingbot fetches.
    Fix: Remove the search crawler from the group, or add a group for it that allows the URLs.
    Message: robots.txt:2 `Disallow: /` blocks PerplexityBot (search) from all 2 listed URLs. Perplexity does
        not cite the pages.
    Bad::

        User-agent: GPTBot
        User-agent: OAI-SearchBot
        Disallow: /

    Good::

        User-agent: GPTBot
        Disallow: /

    Systems:
        Cloudflare: the setting that blocks AI bots can do so without a line in robots.txt; this
            rule sees robots.txt only.
    Source: https://developers.openai.com/api/docs/bots https://support.claude.com/en/articles/8896518
        https://docs.perplexity.ai/docs/resources/perplexity-crawlers https://support.apple.com/119829
        https://developer.amazon.com/amazonbot https://docs.mistral.ai/robots
        https://developers.google.com/search/docs/appearance/ai-features
    See also: SM722
    """
    return report_blocks(batch, Audience.AI_SEARCH, _describe)


@rule("SM722", Severity.INFO, Scope.URL, needs=("permissions",), needs_complete=True, summarize=_summarize)
def disallowed_to_ai_users(batch: Batch) -> Hits:
    """robots.txt disallows listed URLs for fetchers that AI assistants use on behalf of a person.

    Checks: The robots.txt of the URL's own host disallows it for ChatGPT-User, Claude-User, Perplexity-User,
        meta-externalfetcher, Amzn-User or MistralAI-User. Rules that search engines obey as well are left to
        SM706. There is one finding for each line of robots.txt.
    Why: A person asked an assistant about the page. OpenAI, Perplexity, Meta and Amazon say that these
        fetchers may ignore robots.txt. Anthropic says that Claude-User obeys it, and that a block may reduce
        visibility.
    Fix: Do nothing if this is intended. Otherwise, add a group for these fetchers that allows the URLs.
    Message: robots.txt:2 `Disallow: /` blocks ChatGPT-User (for users) from all 2 listed URLs. OpenAI says
        that robots.txt may not apply, because a person started the request.
    Bad: unless that is your policy::

        User-agent: Claude-User
        Disallow: /

    Good::

        User-agent: Claude-User
        Allow: /

    Source: https://developers.openai.com/api/docs/bots https://support.claude.com/en/articles/8896518
        https://docs.perplexity.ai/docs/resources/perplexity-crawlers
        https://developers.facebook.com/docs/sharing/webmasters/web-crawlers
    See also: SM712 SM721
    """
    return report_blocks(batch, Audience.AI_USER, _describe)
