"""When missing web servers are installed, and when the tests that need them are only skipped."""

from __future__ import annotations

import pytest

from tools import debian, get_servers


@pytest.mark.parametrize(
    ("ci", "apt", "expected"), [("", True, 0), ("true", True, 1), ("true", False, 0)]
)
def test_only_ci_with_apt_installs_and_insists(
    ci: str,
    apt: bool,
    expected: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked: list[str] = []

    def install(what: str, *packages: str) -> bool:
        asked.extend(packages)
        return False

    monkeypatch.setattr(get_servers, "find", lambda name: None)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(debian, "available", lambda: apt)
    monkeypatch.setattr(debian, "install", install)
    assert get_servers.main() == expected
    assert asked == (["nginx", "apache2", "lighttpd"] if expected else [])
    assert "apt-get install nginx apache2 lighttpd" in capsys.readouterr().err


def test_with_all_servers_there_is_nothing_to_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(get_servers, "find", lambda name: f"/usr/sbin/{name}")
    assert get_servers.main() == 0
    assert capsys.readouterr().err == ""
