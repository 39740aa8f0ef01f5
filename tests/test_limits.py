"""The notes on what the model leaves out: complete, readable, and each in one place only."""

from __future__ import annotations

from collections import Counter

from oomlab.limits import KINDS, collect, limits_markdown


def test_each_limit_says_something_once() -> None:
    found = list(collect())
    assert found
    for module, limit in found:
        assert limit.kind in KINDS, f"{module}: {limit.kind}"
        assert limit.topic and not limit.topic.endswith("."), f"{module}: {limit.topic}"
        assert limit.what.endswith("."), f"{module}: a sentence ends with a stop: {limit.what}"
    topics = Counter(limit.topic for _, limit in found)
    twice = [topic for topic, times in topics.items() if times > 1]
    assert not twice, f"{twice}: said in two modules; keep the note beside the code it is about"


def test_the_page_shows_every_limit() -> None:
    page = "\n".join(limits_markdown(kind) for kind in KINDS)
    for _, limit in collect():
        assert f"**{limit.topic}.** {limit.what}" in page
