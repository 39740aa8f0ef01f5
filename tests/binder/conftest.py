"""A JupyterLab as Binder would start it."""

from __future__ import annotations

import secrets
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page

from tests.binder import environment
from tests.browser.driver import Reading, Watch

START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True)
class Lab:
    """A running JupyterLab: the repository it shows, its address, its token."""

    repository: Path
    url: str
    token: str

    def address(self, path: str) -> str:
        """What Binder sends the reader's browser to, for the path in a launch button.

        On Binder every reader has a server of her own; `reset` forgets what others had open.
        """
        return f"{self.url}{path}?token={self.token}&reset"


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """JupyterLab in an environment made from the root files of a clone, and from nothing else."""
    folder = tmp_path_factory.mktemp("binder")
    repository = environment.clone(folder / "oomlab")
    programs = environment.make(repository)
    environment.post_build(repository, programs)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = Lab(repository, f"http://127.0.0.1:{port}/", secrets.token_hex(16))
    command = [str(programs / "jupyter-lab"), "--no-browser", "--allow-root"]
    command += [
        "--ServerApp.ip=127.0.0.1",
        f"--ServerApp.port={port}",
        "--ServerApp.port_retries=0",
    ]
    command += [f"--IdentityProvider.token={running.token}", "--LabApp.news_url="]
    command.append("--LabApp.expose_app_in_browser=True")  # the tests read what the notebook holds
    with (folder / "log").open("w") as log:
        started = subprocess.Popen(
            command,
            cwd=repository,
            env=environment.variables(repository, programs),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_for(f"{running.url}api", started, folder / "log")
            yield running
        finally:
            started.terminate()
            try:
                started.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                started.kill()
                started.wait()


@pytest.fixture
def open_lab(reading: Reading, watch: Watch) -> Iterator[Callable[[str], Page]]:
    """`open_lab(address)`: JupyterLab in a tab that tests share, so that it is fetched and compiled
    once."""
    with reading.test(watch) as turn_to:
        yield turn_to
        # Its own: while cells still run, it looks for one among the headings of another notebook.
        watch.errors[:] = [said for said in watch.errors if "the table of contents" not in said]


def _wait_for(url: str, started: subprocess.Popen[bytes], log: Path) -> None:
    late = time.monotonic() + START_SECONDS
    while time.monotonic() < late:
        assert started.poll() is None, log.read_text()
        try:
            urlopen(url, timeout=5).close()
            return
        except (URLError, TimeoutError):
            time.sleep(0.1)
    pytest.fail(f"JupyterLab did not start in {START_SECONDS} s: {log.read_text()}")
