"""What is asked once a week: which pins may move, which links are gone, what was not told."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from tools.audit import judged
from tools.newest import FILES, locked, loosened, moved
from tools.outside_links import judge, judge_all, outside_links
from tools.paths import ROOT


def test_a_pin_moves_as_far_as_its_comment_allows() -> None:
    text = "-r requirements.txt\na==1.2  # used by b\nc[x]==3.0.post1  # <4: breaks\n# d==1\n"
    assert loosened(text) == "-r requirements.txt\na>=1.2\nc[x]>=3.0.post1,<4\n# d==1\n"


@pytest.mark.parametrize("name", FILES)
def test_every_comment_about_a_version_says_it_so_that_it_counts(name: str) -> None:
    for line in (ROOT / name).read_text(encoding="utf-8").splitlines():
        pin, _, comment = line.partition("  # ")
        if "==" in pin and any(word in comment for word in ("below", "from there", "does not")):
            assert comment.startswith("<"), f"{line}: begin the comment with <VERSION:"


def test_what_has_moved_is_said() -> None:
    before = locked("a==1 \\\n    --hash=sha256:0\nb==2 ; python_version < '3.12'\nb==3\n")
    assert before == {"a": {"1"}, "b": {"2", "3"}}
    after = locked("a==1.1\nb==2\nb==3\nc==1\n")
    assert moved(before, after) == ["a: 1 -> 1.1", "c: not there -> 1"]


class _Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def host() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), _Answers) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def test_only_what_is_surely_gone_is_broken(host: str) -> None:
    asked = [f"{host}{status}" for status in (200, 403, 404, 410, 429, 500)]
    told = judge_all(asked, pause=0)
    assert [told[address][0] for address in asked] == [
        *("good", "unknown", "broken", "broken", "unknown", "unknown")
    ]


def test_a_host_that_does_not_answer_is_unknown_and_one_that_is_not_there_broken() -> None:
    assert judge("http://127.0.0.1:9/")[0] == "unknown"
    assert judge("http://no-such-host.invalid/")[0] in ("broken", "unknown")


def test_links_out_of_the_site_are_found_once_with_their_page(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(
        '<a href="b.html"></a><a href="https://x.example/1#p"></a><a href="https://x.example/1"></a>'
        '<a href="https://home.example/me/issues"></a><a href="mailto:a@b"></a>'
        '<a href="https://mybinder.org/v2/x"></a>'
    )
    assert outside_links(tmp_path, "https://home.example/me") == {"https://x.example/1": "a.html"}


def test_what_was_not_looked_up_is_told() -> None:
    dependencies: list[dict[str, Any]] = [
        {"name": "a", "version": "1", "vulns": []},
        {"name": "b", "skip_reason": "not found"},
        {"name": "c", "version": "2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2.1"]}]},
    ]
    assert list(judged("lock.txt", dependencies)) == [
        "pip-audit, lock.txt: 1 packages were not looked up: not found",
        "c 2: PYSEC-1, mended in 2.1 (lock.txt)",
    ]


def test_all_lists_that_must_agree_with_the_lock_may_move_with_it() -> None:
    resolved = (ROOT / "tools" / "lock.sh").read_text(encoding="utf-8").replace("\\\n", "")
    held = re.findall(
        r"^resolve (\S+) .*--constraint requirements-lock\.txt", resolved, re.MULTILINE
    )
    assert len(held) > 2
    assert {*held, "requirements.txt", "requirements-dev.txt"} == set(FILES)
