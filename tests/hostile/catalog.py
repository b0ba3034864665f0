"""All attacks, and the hosts at which they run."""

from collections.abc import Iterable, Mapping

from sitemap_cli.plugins import load_modules
from tests.hostile.attack import Attack, Places

NETWORK = "127.4.0.0/16"
"""The only IP addresses that the program may contact."""
OUTSIDE = ("127.0.0.1", "127.5.0.1", "::1")
"""IP addresses that it must not contact, where a server listens."""
PATHS = "127.4.0.1"
"""The host that has all attacks below one path each."""
HEALTHY = tuple(f"127.4.250.{number}" for number in range(101, 150))
PER_NETWORK = 100


def attacks() -> tuple[Attack, ...]:
    """Every attack of every family, in the order of the files."""
    found = [attack for module in load_modules("tests.hostile.attacks") for attack in module.ATTACKS]
    twice = {each.name for each in found if sum(other.name == each.name for other in found) > 1}
    assert not twice, twice
    return tuple(found)


def hosts(found: Iterable[Attack]) -> Mapping[str, Attack]:
    """The address of each attack's host; the other one of the same attack is :func:`other_of` it."""
    return {f"127.4.{1 + at // PER_NETWORK}.{1 + at % PER_NETWORK}": each for at, each in enumerate(found)}


def other_of(host: str) -> str:
    """The second host of the attacker."""
    first, second, third, last = host.split(".")
    return f"{first}.{second}.{int(third) + 100}.{last}"


def places(host: str, attack: Attack, port: int, secure_port: int) -> Places:
    """Where an attack is found when the server has these ports."""
    return Places(
        attack.name,
        host,
        port,
        secure_port,
        other=f"http://{other_of(host)}:{port}",
        canary=f"http://{OUTSIDE[1]}:{port}/canary",
    )
