"""When missing programs are installed, and when the tests that need them are only skipped."""

from __future__ import annotations

from types import ModuleType

import pytest

from tools import debian, get_browsers, get_fence, get_servers, get_spin
from tools.paths import ROOT

SERVERS = ["nginx", "apache2", "lighttpd"]
SPIN = ["spin", "gcc", "libc6-dev"]
FENCE = ["bubblewrap"]
BROWSERS = ["firefox-esr", "webkit2gtk-driver", "xvfb"]
# The tool, CI, is there apt-get, what is asked for, the status where that did not help.
CASES = [
    (get_spin, "", True, SPIN, 0),
    (get_spin, "true", True, SPIN, 1),
    (get_spin, "true", False, SPIN, 0),
    (get_fence, "", True, FENCE, 0),
    (get_fence, "true", True, FENCE, 1),
    (get_fence, "true", False, FENCE, 0),
    (get_browsers, "", True, BROWSERS, 0),
    (get_browsers, "true", True, BROWSERS, 1),
    (get_browsers, "true", False, BROWSERS, 0),
    (get_servers, "", True, [], 0),
    (get_servers, "true", True, SERVERS, 1),
    (get_servers, "true", False, [], 0),
]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What apt-get is asked for, in vain, on a machine without any of the programs."""
    packages: list[str] = []

    def install(what: str, *more: str) -> bool:
        packages.extend(more)
        return False

    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(get_servers, "find", lambda name: None)
    monkeypatch.setattr(debian, "install", install)
    return packages


@pytest.mark.parametrize(("tool", "ci", "apt", "packages", "status"), CASES)
def test_only_ci_with_apt_insists(
    tool: ModuleType,
    ci: str,
    apt: bool,
    packages: list[str],
    status: int,
    asked: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(debian, "available", lambda: apt)
    assert tool.main() == status
    assert asked == packages
    assert f"apt-get install {(packages or SERVERS)[0]}" in capsys.readouterr().err


def test_what_is_there_is_nothing_to_speak_of(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(debian, "install", lambda what, *more: asked.extend(more))
    monkeypatch.setattr("shutil.which", lambda name, **where: f"/usr/bin/{name}")
    monkeypatch.setattr(get_servers, "find", lambda name: f"/usr/sbin/{name}")
    monkeypatch.setattr(get_browsers, "webkit", lambda: ("driver", "browser", "screen"))
    assert [tool.main() for tool in (get_spin, get_fence, get_servers, get_browsers)] == [0] * 4
    assert (asked, capsys.readouterr().err) == ([], "")


def test_without_apt_get_nothing_is_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert not debian.available()
    assert not debian.install("SPIN", "spin")


def test_make_test_asks_for_every_program_that_its_tests_need() -> None:
    tools = {path.stem.removeprefix("get_") for path in (ROOT / "tools").glob("get_*.py")}
    made = (ROOT / "Makefile").read_text(encoding="utf-8")
    needed = " ".join(
        line for line in made.splitlines() if line.startswith(("test: ", "three-engines: "))
    )
    assert tools <= set(needed.split())
    for tool in tools:
        assert f"\n{tool}: $(VENV)/.dev\n\t@$(PY) -m tools.get_{tool}\n" in made
