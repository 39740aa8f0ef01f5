"""Feeds bytes to the reader of logs and to what prints its records; see README.md."""

from __future__ import annotations

import importlib
import json
import sys

atheris = importlib.import_module("atheris")  # no other part has it, so nobody checks its types

with atheris.instrument_imports(include=["oomlab.logs"]):
    from oomlab.errors import InputError
    from oomlab.logs.as_json import log_data
    from oomlab.logs.read import read_log
    from oomlab.logs.sentences import additions, sentence, when
    from oomlab.logs.story import explain


def one_input(data: bytes) -> None:
    """Whatever the bytes are, there is a log or one clear sentence."""
    try:
        log = read_log(data)
    except InputError:
        return
    assert log.counts.used <= log.counts.read
    json.dumps(log_data(log))
    for one in log.incidents:
        when(one), sentence(one), [*additions(one)]
    if log.incidents:
        json.dumps(explain(log).to_json())


if __name__ == "__main__":
    atheris.Setup(sys.argv, one_input)
    atheris.Fuzz()
