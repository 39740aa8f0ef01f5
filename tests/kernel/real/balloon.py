"""The host's side of a balloon: QEMU is asked over QMP."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from qemu.qmp import QMPClient, QMPError

PAGE = 4096
ANSWER_S = 30.0
"""Seconds of the host in which QEMU must answer; our choice."""
_SILENT = (QMPError, OSError, EOFError)  # OSError: also a time that is over


class Balloon:
    """A balloon that shall leave `keep_mb` to its guest.

    `words` are for QEMU's command line, `passed` the descriptor that it must be given. A QEMU that
    does not answer is not asked again: its end shows why.
    """

    def __init__(self, keep_mb: int) -> None:
        self._keep = keep_mb << 20
        self._ours, self._theirs = socket.socketpair()
        self._loop = asyncio.new_event_loop()
        self._monitor = QMPClient("balloon")
        self._memory = 0  # in bytes, once it has answered
        self._left: int | None = None
        self.passed = (self._theirs.fileno(),)
        # Without -no-shutdown QEMU would end with its guest, before it is asked what is left.
        self.words = (
            *("-chardev", f"socket,id=qmp,fd={self._theirs.fileno()}"),
            *("-mon", "chardev=qmp,mode=control", "-no-shutdown"),
        )

    def inflate(self) -> None:
        """Says how large it shall be: the driver reads that when it is there."""
        self._theirs.close()
        with suppress(*_SILENT):
            self._wait(self._monitor.connect(self._ours))
            memory = self._actual()
            self._wait(self._monitor.execute("balloon", {"value": self._keep}))
            self._memory = memory

    def over(self) -> bool:
        """Has the guest turned itself off? Then it is asked what the balloon still has."""
        if self._memory:
            try:
                self._wait(asyncio.sleep(0))
                if any(event["event"] == "SHUTDOWN" for event in self._monitor.events.clear()):
                    self._left = (self._memory - self._actual()) // PAGE
            except _SILENT:
                self._memory = 0
        return self._left is not None

    def told(self) -> str:
        """A line for the console's log; "" if the guest did not come to its end."""
        if self._left is None:
            return ""
        return f"check: {json.dumps({'event': 'balloon', 'value': self._left})}\n"

    def close(self) -> None:
        """Ends the talk, whatever state it is in."""
        with suppress(*_SILENT):
            self._wait(self._monitor.disconnect())
        self._loop.close()
        self._theirs.close()
        self._ours.close()

    def _actual(self) -> int:
        answer = self._wait(self._monitor.execute("query-balloon"))
        return int(answer["actual"])

    def _wait(self, answer: Coroutine[Any, Any, Any]) -> Any:
        return self._loop.run_until_complete(asyncio.wait_for(answer, ANSWER_S))
