"""Firefox over WebDriver BiDi, which it speaks itself: no driver stands in between."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from selenium.common import WebDriverException
from selenium.webdriver.common.bidi.common import command_builder
from selenium.webdriver.remote.websocket_connection import WebSocketConnection

from tests.engines.tab import SIZE, Actions, Gone, ScriptError, Tab

_LISTEN = ("--remote-debugging-port", "0", "about:blank")
_START_S = 60
_ANSWER_S = 60
_LOOK_S = 0.005  # so often it is looked whether an answer has come

# Nothing listens behind the proxy, so another host is never reached, be it by name or by number.
_PREFERENCES: dict[str, str | int | bool] = {
    "network.proxy.type": 1,
    "network.proxy.http": "127.0.0.1",
    "network.proxy.http_port": 9,
    "network.proxy.ssl": "127.0.0.1",
    "network.proxy.ssl_port": 9,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    # A browser that is driven is more lenient with files than a reader's.
    "security.fileuri.strict_origin_policy": True,
}
_GONE = ("no such frame", "no such history entry", "unknown error: AbortError", "browsing context")


class _Event:
    """An event that a connection hears: its parameters, as they came."""

    def __init__(self, name: str) -> None:
        self.event_class = name

    def from_json(self, params: dict[str, Any]) -> dict[str, Any]:
        """The parameters."""
        return params


class FirefoxTab(Tab):
    """A tab of a Firefox of its own, with a fresh profile."""

    name = "firefox"

    def __init__(self, program: str, *, still: bool = False) -> None:
        self._profile = Path(tempfile.mkdtemp(prefix="oomlab-firefox-"))
        wanted = {**_PREFERENCES, "ui.prefersReducedMotion": int(still)}
        lines = [f"user_pref({json.dumps(k)}, {json.dumps(v)});" for k, v in wanted.items()]
        (self._profile / "user.js").write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._troubles: list[str] = []
        self._process = subprocess.Popen(
            [program, "--headless", "--no-remote", "--profile", str(self._profile), *_LISTEN],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "HOME": str(self._profile)},
        )
        try:
            self._line = WebSocketConnection(self._address(), _ANSWER_S, _LOOK_S)
            self._send("session.new", capabilities={})
            # The tab that is there already never gets the focus, and so does nothing for a key.
            self._context = self._send("browsingContext.create", type="tab")["context"]
            width, height = SIZE
            viewport = {"width": width, "height": height}
            self._send("browsingContext.setViewport", context=self._context, viewport=viewport)
            for name, heard in (
                ("log.entryAdded", self._note_log),
                ("network.beforeRequestSent", self._note_request),
            ):
                self._line.add_callback(_Event(name), heard)
                self._send("session.subscribe", events=[name])
        except BaseException:
            self._end()
            raise

    def _address(self) -> str:
        """Where Firefox listens: it writes that into its profile."""
        told = self._profile / "WebDriverBiDiServer.json"
        end = time.monotonic() + _START_S
        while time.monotonic() < end:
            if told.exists() and (text := told.read_text(encoding="utf-8")):
                where = json.loads(text)
                return f"ws://{where['ws_host']}:{where['ws_port']}/session"
            assert self._process.poll() is None, "Firefox ended while it started"
            time.sleep(0.05)
        raise AssertionError(f"Firefox did not start in {_START_S} s")

    def _note_log(self, entry: dict[str, Any]) -> None:
        if entry["level"] == "error":
            self._troubles.append(f"{entry['text']} ({entry.get('source', {})})")

    def _note_request(self, event: dict[str, Any]) -> None:
        where = urlsplit(event["request"]["url"])
        if where.scheme in ("http", "https", "ws", "wss") and where.hostname != "127.0.0.1":
            self._troubles.append(event["request"]["url"])

    def _send(self, method: str, **params: Any) -> dict[str, Any]:
        answer: dict[str, Any] = self._line.execute(command_builder(method, params))
        return answer

    def open(self, url: str) -> None:
        self._send("browsingContext.navigate", context=self._context, url=url, wait="complete")

    def reload(self) -> None:
        self._send("browsingContext.reload", context=self._context, wait="complete")

    def troubles(self) -> list[str]:
        found = self._troubles[:]
        del self._troubles[: len(found)]
        return found

    def close(self) -> None:
        self._line.close()
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    def _call(self, arrow: str, text: str) -> str:
        try:
            answer = self._send(
                "script.callFunction",
                functionDeclaration=arrow,
                arguments=[{"type": "string", "value": text}],
                target={"context": self._context},
                awaitPromise=True,
            )
        except WebDriverException as problem:
            kind = Gone if any(word in str(problem) for word in _GONE) else ScriptError
            raise kind(str(problem)) from problem
        if answer["type"] == "exception":
            raise ScriptError(answer["exceptionDetails"]["text"])
        found: str = answer["result"]["value"]
        return found

    def _perform(self, actions: Actions) -> None:
        self._send("input.performActions", context=self._context, actions=actions)

    def _traverse(self, steps: int) -> None:
        self._send("browsingContext.traverseHistory", context=self._context, delta=steps)
