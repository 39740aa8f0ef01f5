"""The scripts in `findings/` keep to their form, and the table says what they say; none is run."""

import os
import re
import stat
from pathlib import Path

import pytest

from tools.list_findings import FIELDS, HERE, read_finding, table

SCRIPTS = sorted(HERE.glob("*.sh"))


def test_there_are_scripts_and_nothing_else_but_the_readme() -> None:
    assert SCRIPTS
    assert {path.name for path in HERE.iterdir()} == {path.name for path in SCRIPTS} | {"README.md"}


def test_the_table_is_what_the_heads_say() -> None:
    readme = (HERE / "README.md").read_text(encoding="utf-8")
    assert readme.endswith(table()), "run: .venv/bin/python -m tools.list_findings"


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_a_script_keeps_to_the_form(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    fields = read_finding(script).fields
    assert text.startswith("#!/usr/bin/env bash\n# ")
    assert stat.S_IMODE(os.stat(script).st_mode) & 0o111 == 0o111
    assert [field for field in FIELDS if not fields[field]] == []
    assert re.search(r"\d+\.\d", fields["Package"]), "a package without its version"
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", fields["Seen"])
    assert "set -euo pipefail" in text
    assert "box=$(mktemp -d)\ntrap 'rm -rf \"$box\"' EXIT\n" in text
    assert text.endswith('|| { echo "This has changed." >&2; exit 1; }\n')
    assert "oomlab" not in text
    assert not re.search(r"https?://", text), "no host is named"
    assert text.count("\n") < 150


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_what_a_script_installs_is_pinned_as_its_head_says(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    stated = read_finding(script).fields["Package"]
    installs = re.findall(r"\b(?:install|download)(?: --[\w-]+)* ([^-].*)$", text, re.MULTILINE)
    words = [word for line in installs for word in line.split()]
    assert words
    for word in words:
        name, version = re.split(r"==|=|@", word)
        assert f"{name} {version}" in stated
