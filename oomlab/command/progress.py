"""What goes on, on a terminal: one line that is written over and over, and nothing anywhere else.

A package for this (tqdm, rich) would be the third that the core needs, for one line.
"""

from __future__ import annotations

import os
import sys
import threading
import time
from types import TracebackType

EVERY_S = 1.0
"""From one line to the next, and until the first: what is quick shows nothing (our choice)."""

_ERASE = "\r\x1b[K"


class Progress:
    """A context in which `tell` says what goes on; the line also says for how long."""

    def __init__(self) -> None:
        self._text, self._share = "", 0.0
        self._shown = False
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._began = time.monotonic()
        self._ticker = threading.Thread(target=self._tick, daemon=True)

    def __enter__(self) -> Progress:
        """Begin, if there is a terminal."""
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            self._ticker.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Leave no line behind."""
        self._over.set()
        if self._ticker.ident is not None:
            self._ticker.join()
        self.clear()

    def tell(self, text: str, share: float = 0) -> None:
        """What goes on now, e.g. "12 of 30 points"; with a `share` of it done, between 0 and 1, the
        line says about how long the rest will take."""
        self._text, self._share = text, share

    def clear(self) -> None:
        """Take the line away: something else is to be written."""
        with self._lock:
            if self._shown:
                self._write(_ERASE)
                self._shown = False

    def _tick(self) -> None:
        while not self._over.wait(EVERY_S):
            with self._lock:
                text = f"{self._text}, " if self._text else ""
                took_s = time.monotonic() - self._began
                rest = f", about {took_s / self._share - took_s:.0f} s left" if self._share else ""
                self._write(f"{_ERASE}{text}{took_s:.0f} s{rest}")
                self._shown = True

    def _write(self, text: str) -> None:
        try:
            sys.stderr.write(text)
            sys.stderr.flush()
        except OSError:  # the terminal is gone: nobody is left to be told
            self._over.set()
