from __future__ import annotations

from functools import cache

import pytest

from oomlab.evidence.ledger import lab


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A place where the model may be broken: what is computed there is forgotten afterwards, and
    what was known before stays known to the other tests."""
    for name in ("_timed", "_explored"):
        monkeypatch.setattr(lab, name, cache(getattr(lab, name).__wrapped__))
    return monkeypatch
