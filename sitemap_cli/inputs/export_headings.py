"""The headings that other programs write above the columns of their exports, in lower case.

Screaming Frog, Search Console and Analytics write them in the language of the user. A column of URLs is
found by its values where its heading is not here.
"""

PAGES = (
    *("address", "url", "full url", "page url", "full page url", "target url", "final url"),
    *("loc", "location", "page location", "page", "pages", "top pages", "top page", "target page"),
    "destination",  # of the links that Screaming Frog lists
    # Screaming Frog in Spanish, French and German, Italian and Portuguese.
    *("dirección", "adresse", "indirizzo", "endereço"),
    # Search Console in German, French, Spanish, Italian, Portuguese, Dutch, Japanese and Russian.
    *("häufigste seiten", "die häufigsten seiten", "pages les plus populaires", "páginas principales"),
    *(
        "pagine principali",
        "principais páginas",
        "populairste pagina's",
        "上位のページ",
        "самые популярные страницы",
    ),
    # Keys of JSON, and other crawlers.
    *("page_url", "full_url", "final_url", "link", "href", "uri"),
)
HOSTS = ("hostname", "host name", "host", "domain", "nom d'hôte", "nombre de host", "ホスト名")
STATUS = (
    *("status code", "http status code", "http status", "status_code", "http_status_code", "http_status"),
    *("http code", "http_code", "response code", "response_code", "code"),
    *("statuscode", "status-code", "antwortcode", "código de respuesta", "código de estado"),
    *("code de réponse", "code http", "code de statut", "codice di stato", "codice di risposta"),
    *("código de resposta", "código de status"),
    "status",  # a word in many exports, beside the code
)
CONTENT_TYPE = (
    *("content type", "content-type", "content_type", "mime type", "mime-type", "mime_type", "content"),
    *("resource type", "inhaltstyp", "tipo de contenido", "type de contenu", "tipo di contenuto"),
    "tipo de conteúdo",
)
INDEXABLE = (
    *("indexability", "indexable", "is indexable", "is_indexable", "is indexable page", "is page indexable"),
    *("indexable status", "indexierbarkeit", "indexabilité", "indexabilidad", "indicizzabilità"),
    "indexabilidade",
)
REASON = (
    *("indexability status", "indexierbarkeitsstatus", "estado de indexabilidad", "statut d'indexabilité"),
    *("stato di indicizzabilità", "status de indexabilidade", "reason for noindex"),
)
