"""`make audit`: known holes in what is pinned, and faults of the workflows. Needs a network.

Three kept tools are asked: pip-audit about the Python packages of each lock, npm about those of
tools/vendor.json, zizmor about the workflows. What a tool could not look up is a failure here: left
to itself, pip-audit calls a package that it did not find in the index free of known holes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tools import npm
from tools.paths import ROOT

LOCKS = (
    *("requirements-lock.txt", "requirements-release-lock.txt", "tools/requirements-node.txt"),
    *("requirements-uv-lock.txt", "requirements-lite-lock.txt", "requirements-lite-page-lock.txt"),
    "requirements-config-lock.txt",
)
_SECONDS = 600  # our choice: hundreds of packages are asked about, one by one


def main() -> int:
    """Command line: 0 if nothing is known against anything, 1 if something is or was not told."""
    told = [*workflows(), *packages(), *scripts()]
    for line in told:
        print(line, file=sys.stderr)
    if not told:
        print("Nothing is known against a pinned package or a workflow.")
    return 1 if told else 0


def workflows() -> Iterator[str]:
    """What zizmor has against the workflows; it reads the files and asks nobody."""
    command = ["zizmor", "--offline", "--no-progress", "--color=never", "--format=plain", ".github"]
    done = _run(command, ROOT)
    if done.returncode:
        yield f"zizmor: {done.stdout.strip() or done.stderr.strip()}"


def packages() -> Iterator[str]:
    """What pip-audit knows against the packages of the locks, and what it could not find out."""
    for lock in LOCKS:
        command = ["pip-audit", "--disable-pip", "--require-hashes", "--progress-spinner=off"]
        done = _run([*command, "--format=json", f"--requirement={lock}"], ROOT)
        try:
            report = json.loads(done.stdout)
        except ValueError:
            yield f"pip-audit, {lock}: {_last(done.stderr)}"
            continue
        yield from judged(lock, report["dependencies"])


def judged(lock: str, dependencies: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each hole that pip-audit knows of, and one for all that it does not know."""
    skipped = [one for one in dependencies if "skip_reason" in one]
    if skipped:
        why = skipped[0]["skip_reason"]
        yield f"pip-audit, {lock}: {len(skipped)} packages were not looked up: {why}"
    for one in dependencies:
        for hole in one.get("vulns", ()):
            mended = ", ".join(hole["fix_versions"]) or "no release"
            yield f"{one['name']} {one['version']}: {hole['id']}, mended in {mended} ({lock})"


def scripts() -> Iterator[str]:
    """What npm knows against the packages of the site, and what went wrong with asking."""
    wanted = {pin.name: pin.version for pin in npm.pins().values()}
    with tempfile.TemporaryDirectory() as scratch:
        package = {"name": "site", "version": "1.0.0", "dependencies": wanted}
        Path(scratch, "package.json").write_text(json.dumps(package), encoding="utf-8")
        started = npm.program()
        quiet = ["--ignore-scripts", "--no-fund", "--loglevel=error"]
        made = _run([*started, "install", "--package-lock-only", *quiet], Path(scratch))
        if made.returncode:
            yield f"npm install: {_last(made.stderr)}"
            return
        done = _run([*started, "audit", "--json", "--loglevel=error"], Path(scratch))
    try:
        report = json.loads(done.stdout)
    except ValueError:
        report = {"error": {"summary": _last(done.stderr)}}
    if "error" in report:
        why = report["error"].get("summary") or report.get("message") or "no reason given"
        yield f"npm audit did not answer: {why.splitlines()[0]}"
    for name, hole in report.get("vulnerabilities", {}).items():
        yield f"{name} {wanted.get(name, '')}: npm knows of a hole ({hole['severity']})"


def _run(command: Sequence[str], where: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=where, capture_output=True, text=True, timeout=_SECONDS)


def _last(said: str) -> str:
    lines = [line for line in said.splitlines() if line.strip()]
    return lines[-1] if lines else "no reason given"


if __name__ == "__main__":
    sys.exit(main())
