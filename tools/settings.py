"""The book's settings: `_config.yml`, and where a copy of the book is at home.

`_config.yml` is the one place that names the repository. Whoever publishes a copy need not even
change that: `make book ADDRESS=... REPOSITORY=...` says it for one build, as the workflows do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from tools.paths import BUILD, ROOT

FILE = ROOT / "_config.yml"
_WEB = re.compile(r"https?://[^\s/?#\"'<>]+(?:/[^\s?#\"'<>]*)?")


class SettingsError(ValueError):
    """An address that cannot be one, or a file that cannot be read; the message is one line for
    whoever gave it."""


def settings(environment: Mapping[str, str]) -> dict[str, Any]:
    """What _config.yml says, with ADDRESS and REPOSITORY of `environment` put in.

    ADDRESS is where the site will be read, REPOSITORY where its sources are; an empty one counts
    as not given. Raises SettingsError if one is no http(s) address, or if the file is no table of
    settings.
    """
    told = _read(FILE)
    if address := _given(environment, "ADDRESS"):
        told["html"]["baseurl"] = f"{address.rstrip('/')}/"
    if repository := _given(environment, "REPOSITORY"):
        told["repository"]["url"] = repository.rstrip("/").removesuffix(".git")
    return told


def settings_file(environment: Mapping[str, str]) -> Path:
    """The file to build with: _config.yml itself unless `environment` says something else."""
    told = settings(environment)
    if told == settings({}):
        return FILE
    made = BUILD / FILE.name
    BUILD.mkdir(exist_ok=True)
    made.write_text(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), encoding="utf-8")
    return made


def _read(file: Path) -> dict[str, Any]:
    try:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f", line {mark.line + 1}, column {mark.column + 1}" if mark else ""
        raise SettingsError(f"{file.name}{where}: this is not YAML ({error.problem})") from None
    if not isinstance(told, dict) or not all(
        isinstance(told.get(part), dict) for part in ("html", "repository")
    ):
        raise SettingsError(f"{file.name} must be a table with html: and repository: in it")
    return told


def _given(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "").strip()
    if value and not _WEB.fullmatch(value):
        like = "an address such as https://example.org/book/"
        raise SettingsError(f"{name} must be {like}, not {value!r}")
    return value
