"""A name server for one process: found through PYTHONPATH, it answers as the variable HOSTILE_NAMES says.

That is a JSON object of names; each has a list of answers, one for each question and the last one for
ever: a list of addresses, or ``nxdomain``, ``servfail`` or ``never``. All other names do not exist.
"""

import json
import os
import socket
import time

NAMES = json.loads(os.environ.get("HOSTILE_NAMES", "{}"))
NEVER_SECONDS = 25
FAULTS = {"nxdomain": socket.EAI_NONAME, "servfail": socket.EAI_AGAIN}
asked: dict[str, int] = {}
ask_the_system = socket.getaddrinfo


def getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):  # noqa: A002 - the name it has
    """What the name server says."""
    name = (host.decode() if isinstance(host, bytes) else host or "").rstrip(".").lower()
    answers = NAMES.get(name)
    if answers is None:
        return ask_the_system(host, port, family, type, proto, flags | socket.AI_NUMERICHOST)
    answer = answers[min(asked.setdefault(name, 0), len(answers) - 1)]
    asked[name] += 1
    if answer == "never":
        time.sleep(NEVER_SECONDS)
        answer = "servfail"
    if isinstance(answer, str):
        raise socket.gaierror(FAULTS[answer], "so says the name server of the tests")
    return [
        found
        for address in answer
        for found in ask_the_system(address, port, family, type, proto, socket.AI_NUMERICHOST)
    ]


if NAMES:
    socket.getaddrinfo = getaddrinfo
