"""The examples for cron and systemd do what they say, as far as a machine without systemd can tell."""

import configparser
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.patience import PATIENCE
from tests.web import Answer, Site, urlset

EXAMPLES = Path(__file__).parents[1] / "examples"
LIST, DATABASE = "/etc/sitemap/domains.txt", "/var/lib/sitemap/sitemap.db"
CRONTAB = (EXAMPLES / "cron" / "crontab").read_text()


@dataclass(frozen=True, slots=True)
class Host:
    """A machine whose list of domains and whose database are in a folder, with one site on it."""

    folder: Path
    site: Site

    def run(self, command: str, **variables: str) -> subprocess.CompletedProcess[str]:
        """Run a command as cron does, with what we installed first on its path."""
        (self.folder / "domains.txt").write_text(self.site.url)
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        own = {"SITEMAP_DATABASE": str(self.folder / "sitemap.db"), "SITEMAP_ALLOW_PRIVATE": "1"}
        environment = {"HOME": str(self.folder), **variables, **own, "PATH": path}
        line = command.replace(LIST, str(self.folder / "domains.txt"))
        return subprocess.run(
            ["/bin/sh", "-c", line], env=environment, capture_output=True, text=True, timeout=PATIENCE
        )


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    with Site() as site:
        site.routes["/robots.txt"] = Answer(f"Sitemap: {site.url}/a.xml\n".encode())
        site.routes["/a.xml"] = Answer(urlset(f"{site.url}/1", f"{site.url}/2"))
        yield Host(tmp_path, site)


def variables() -> dict[str, str]:
    """What the crontab sets."""
    lines = [line.partition("=") for line in CRONTAB.splitlines() if line[:1].isupper()]
    return {name: value for name, _, value in lines}


def entries() -> list[str]:
    """The commands of the crontab."""
    times = {"@reboot": 1}
    lines = [line for line in CRONTAB.splitlines() if line[:1] in set("@*0123456789")]
    return [line.split(maxsplit=times.get(line.split()[0], 5))[-1] for line in lines]


def service() -> configparser.ConfigParser:
    """The service, of which no setting but Environment may come twice."""
    text = (EXAMPLES / "systemd" / "sitemap.service").read_text()
    parser = configparser.ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str
    parser.read_string(text)
    return parser


def test_the_nightly_run_is_silent_until_something_changes_or_fails(host: Host) -> None:
    nightly, reboot, morning, copy = entries()
    assert LIST in nightly
    assert variables()["SITEMAP_DATABASE"] == DATABASE
    for _ in range(2):
        done = host.run(nightly, **variables())
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    host.site.routes["/a.xml"] = Answer(urlset(f"{host.site.url}/1"))
    assert "1 removed" in host.run(nightly, **variables()).stdout
    host.site.routes["/a.xml"] = Answer(status=500)
    failed = host.run(nightly, **variables())
    assert (failed.returncode, "http-error" in failed.stdout) == (4, True)
    host.site.routes["/a.xml"] = Answer(urlset(f"{host.site.url}/1"))
    again = host.run(morning, **variables())
    assert (again.returncode, "recovered (1)" in again.stdout) == (0, True)
    for command, code in ((morning, 0), (reboot, 2)):
        done = host.run(command, **variables())
        assert (done.returncode, done.stdout) == (code, "")
    copied = host.run(copy.replace("/var/lib/sitemap", str(host.folder)).replace(r"\%", "%"), **variables())
    assert (copied.returncode, copied.stdout, copied.stderr) == (0, "", "")
    assert len(list(host.folder.glob("copy-????-??-??.db"))) == 1
    assert {hit.headers["user-agent"].partition("+")[2] for hit in host.site.hits} == {"ops@example.com)"}


def test_the_service_does_what_the_crontab_does(host: Host) -> None:
    section = service()["Service"]
    command = section["ExecStart"]
    assert command.startswith("/usr/bin/env sitemap ")
    done = host.run(command)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    host.site.routes["/a.xml"] = Answer(status=403)
    assert host.run(command).returncode == 4
    assert "4" not in section["SuccessExitStatus"].split()


def test_systemd_has_nothing_to_say_against_the_service_and_its_timer() -> None:
    units = sorted((EXAMPLES / "systemd").glob("sitemap.*"))
    assert [unit.suffix for unit in units] == [".service", ".timer"]
    assert {"Unit", "Service"} == set(service().sections())
    if verifier := shutil.which("systemd-analyze"):
        done = subprocess.run([verifier, "verify", *units], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
