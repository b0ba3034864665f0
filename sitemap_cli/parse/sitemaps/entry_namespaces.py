"""Reports elements of the protocol in a wrong namespace: the root, and entries that differ from it."""

from sitemap_cli.model.namespace_messages import describe_namespace
from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.protocol import NAMESPACE, NAMESPACE_VARIANTS
from sitemap_cli.parse.values.quoting import quote_text


class EntryNamespaces:
    """The namespaces of one document; ``noted`` says whether some differ from that of the root."""

    __slots__ = ("_collector", "_others", "_root", "noted")

    def __init__(self, collector: Collector, root: str) -> None:
        self._collector = collector
        self._root = root
        self._others: dict[str, str] = {}
        self.noted = False

    def check_root(self, at: Position) -> None:
        """Report the namespace of the root if it is not the right one."""
        if self._root == NAMESPACE:
            return
        what = f"is {quote_text(self._root)}" if self._root else "is missing"
        severity = Severity.INFO if self._root in NAMESPACE_VARIANTS else Severity.WARNING
        message = describe_namespace(what, NAMESPACE)
        self._collector.report("namespace", message, at, severity=severity)

    def note(self, namespace: str, name: str) -> None:
        """Note an element of the protocol with its namespace, which is reported with the next entry."""
        if namespace != self._root:
            self.noted = True
            self._others.setdefault(namespace, name)

    def report_noted(self, line: int) -> None:
        """Report what was noted since the last entry, each namespace once."""
        for namespace, name in self._others.items():
            what = f"of {name} is {quote_text(namespace) if namespace else 'missing'}, not that of the root"
            message = describe_namespace(what, NAMESPACE)
            severity = Severity.WARNING if namespace in NAMESPACE_VARIANTS else Severity.ERROR
            self._collector.report_once("namespace", namespace, message, Position(line), severity=severity)
        self._others.clear()
        self.noted = False
