"""The notes on what the model leaves out: complete, readable, and each in one place only."""

from __future__ import annotations

import subprocess
import sys
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


def test_without_the_packages_of_the_course_no_limit_is_lost() -> None:
    code = (
        "import sys\n"
        "for name in ('jinja2', 'nbgrader', 'nbformat', 'numpy', 'matplotlib', 'anywidget'):\n"
        "    sys.modules[name] = None\n"
        "from oomlab.limits import collect\n"
        "print(*(limit.topic for _, limit in collect()), sep='\\n')\n"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.splitlines() == [limit.topic for _, limit in collect()]
