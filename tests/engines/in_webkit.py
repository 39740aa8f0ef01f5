"""WebKit over WebDriver: the GTK port, the nearest to Safari that a Linux machine can run.

It needs a screen, so one that nobody sees is started for it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from selenium.common import JavascriptException, WebDriverException
from selenium.webdriver.remote.client_config import ClientConfig
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.remote_connection import RemoteConnection
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.webkitgtk.options import Options
from selenium.webdriver.webkitgtk.service import Service

from tests.engines.tab import SIZE, Actions, Gone, ScriptError, Tab

_SCRIPT_S = 60
_ANSWER_S = 90


class _Elsewhere(BaseHTTPRequestHandler):
    """All other hosts: a proxy that notes what is asked of them, and refuses it."""

    def handle_one_request(self) -> None:
        """Notes the first line of what is asked, whatever its kind, and says no."""
        self.server.asked.append(  # type: ignore[attr-defined]  # WebKitTab sets it
            self.rfile.readline(1000).decode(errors="replace").strip()
        )
        self.wfile.write(b"HTTP/1.1 502 Refused\r\ncontent-length: 0\r\n\r\n")
        self.close_connection = True


class WebKitTab(Tab):
    """A tab of a WebKit of its own, which keeps nothing."""

    name = "webkit"

    def __init__(self, driver: str, browser: str, screen: str, *, still: bool = False) -> None:
        self._home = tempfile.mkdtemp(prefix="oomlab-webkit-")
        settings = Path(self._home, ".config", "gtk-3.0", "settings.ini")
        settings.parent.mkdir(parents=True)
        settings.write_text(f"[Settings]\ngtk-enable-animations={int(not still)}\n")
        self._proxy = ThreadingHTTPServer(("127.0.0.1", 0), _Elsewhere)
        self._asked: list[str] = []
        self._proxy.asked = self._asked  # type: ignore[attr-defined]
        threading.Thread(target=self._proxy.serve_forever, daemon=True).start()
        self._screen, display = _start_screen(screen)
        options = Options()
        options.binary_location = browser
        options.add_argument("--automation")
        elsewhere = f"127.0.0.1:{self._proxy.server_port}"
        proxy = {"proxyType": "manual", "httpProxy": elsewhere, "sslProxy": elsewhere}
        options.set_capability("proxy", {**proxy, "noProxy": ["127.0.0.1"]})
        self._service = Service(
            driver,
            log_output=subprocess.DEVNULL,
            env={**os.environ, "DISPLAY": display, "HOME": self._home},
        )
        try:
            self._service.start()
            where = ClientConfig(self._service.service_url, timeout=_ANSWER_S)
            self._driver = WebDriver(RemoteConnection(client_config=where), options=options)
        except BaseException:
            self._end()
            raise
        self._driver.set_script_timeout(_SCRIPT_S)
        self._fit()

    def _fit(self) -> None:
        """Makes the window so large that the page has SIZE."""
        width, height = SIZE
        self._driver.set_window_rect(0, 0, width, height)
        around = self.run("() => [innerWidth, innerHeight]")
        self._driver.set_window_rect(0, 0, 2 * width - around[0], 2 * height - around[1])

    def open(self, url: str) -> None:
        self._driver.get(url)

    def reload(self) -> None:
        self._driver.refresh()

    def troubles(self) -> list[str]:
        found = self._asked[:]
        del self._asked[: len(found)]
        return found

    def close(self) -> None:
        try:
            self._driver.quit()
        finally:
            self._end()

    def _end(self) -> None:
        self._service.stop()
        self._screen.terminate()
        self._screen.wait()
        self._proxy.shutdown()
        self._proxy.server_close()
        shutil.rmtree(self._home, ignore_errors=True)

    def _call(self, arrow: str, text: str) -> str:
        script = (
            f"const done = arguments[1]; ({arrow})(arguments[0])"
            ".then((text) => done([text]), (error) => done([null, String(error)]));"
        )
        try:
            found, *problem = self._driver.execute_async_script(script, text)
        except JavascriptException as broken:
            raise Gone(str(broken)) from broken
        except WebDriverException as broken:
            raise ScriptError(str(broken)) from broken
        if problem:
            raise ScriptError(problem[0])
        answer: str = found
        return answer

    def _perform(self, actions: Actions) -> None:
        self._driver.execute(Command.W3C_ACTIONS, {"actions": actions})

    def _traverse(self, steps: int) -> None:
        self._driver.execute(Command.GO_BACK if steps < 0 else Command.GO_FORWARD)


def _start_screen(program: str) -> tuple[subprocess.Popen[bytes], str]:
    """A screen in memory, and its name. It chooses its number itself, so any number can run."""
    width, height = SIZE
    reading, writing = os.pipe()
    size = f"{width + 200}x{height + 200}x24"
    started = subprocess.Popen(
        [program, "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp"],
        pass_fds=[writing],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    assert number, f"{program} did not start"
    return started, f":{number}"
