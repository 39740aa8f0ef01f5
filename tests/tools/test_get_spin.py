"""When a missing SPIN is an error, and when the tests that need it are only skipped."""

from __future__ import annotations

import pytest

from tools import debian, get_spin


@pytest.mark.parametrize(
    ("ci", "apt", "expected"), [("", True, 0), ("true", True, 1), ("true", False, 0)]
)
def test_only_ci_with_apt_insists(
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

    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(debian, "available", lambda: apt)
    monkeypatch.setattr(debian, "install", install)
    assert get_spin.main() == expected
    assert asked == ["spin", "gcc", "libc6-dev"]
    assert "apt-get install spin" in capsys.readouterr().err


def test_without_apt_get_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert not debian.available()
    assert not debian.install("SPIN", "spin")
