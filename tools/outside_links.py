"""`make outside-links`: do the links of the built site that leave it still lead somewhere?

Asks every address once, politely: one at a time for a host. Only an answer that says "there is no
such page", or no such host at all, counts as broken. A site that refuses programs, is busy or down
today is named, and is no failure.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from pathlib import Path
from typing import Literal
from urllib.error import HTTPError, URLError
from urllib.parse import urldefrag, urlsplit
from urllib.request import Request, urlopen

from tools.check_site import html_files
from tools.paths import SITE
from tools.settings import settings
from tools.site_links import read

Judgement = Literal["good", "broken", "unknown"]

_AGENT = "oomlab link check (a few links of a book, once a week)"
_SECONDS = 20.0
_PAUSE = 1.0  # between two questions to one host; our choice
_GONE = (404, 410)


def outside_links(site: Path, home: str) -> dict[str, str]:
    """The addresses that pages of `site` link to, each with a page that does.

    Those of launch buttons, and below `home` (the book's repository), are left out: they hold the
    page's own address, and lead to what is being published.
    """
    found: dict[str, str] = {}
    for file in html_files(site):
        for target in read(file).followed:
            address = urldefrag(target).url
            parts = urlsplit(address)
            if parts.scheme not in ("http", "https") or address.startswith((home, _BINDER)):
                continue
            found.setdefault(address, file.relative_to(site).as_posix())
    return found


_BINDER = "https://mybinder.org/"


def judge(address: str) -> tuple[Judgement, str]:
    """What the host says about `address`, and in which words."""
    request = Request(address, headers={"User-Agent": _AGENT, "Accept": "text/html,*/*"})
    try:
        with urlopen(request, timeout=_SECONDS) as answer:
            return "good", str(answer.status)
    except HTTPError as refused:
        return ("broken" if refused.code in _GONE else "unknown"), f"{refused.code}"
    except URLError as problem:
        gone = "not known" in str(problem.reason)  # the resolver's "Name or service not known"
        return ("broken" if gone else "unknown"), str(problem.reason)
    except (OSError, HTTPException, ValueError) as problem:
        return "unknown", str(problem) or type(problem).__name__


def judge_all(addresses: Iterable[str], pause: float = _PAUSE) -> dict[str, tuple[Judgement, str]]:
    """`judge` of each, hosts side by side, with `pause` seconds between two of one host."""
    hosts: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        hosts[urlsplit(address).netloc].append(address)

    def ask(of_one_host: list[str]) -> dict[str, tuple[Judgement, str]]:
        told = {}
        for number, address in enumerate(of_one_host):
            time.sleep(pause if number else 0)
            told[address] = judge(address)
        return told

    with ThreadPoolExecutor(max_workers=8) as pool:
        return {
            address: one for told in pool.map(ask, hosts.values()) for address, one in told.items()
        }


def main() -> int:
    """Command line: 0 if no link is broken and a host answered, 1 otherwise."""
    links = outside_links(SITE, settings({})["repository"]["url"])
    told = judge_all(links)
    count: dict[str, int] = defaultdict(int)
    for address, (judgement, why) in told.items():
        count[judgement] += 1
        if judgement != "good":
            print(f"{judgement}: {address} ({why}), on {links[address]}", file=sys.stderr)
    print(", ".join(f"{number} {judgement}" for judgement, number in sorted(count.items())))
    if not count["good"]:
        print("No host answered: is there a network?", file=sys.stderr)
    return 1 if count["broken"] or not count["good"] else 0


if __name__ == "__main__":
    sys.exit(main())
