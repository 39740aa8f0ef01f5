"""`make mutants ROOM=oomlab/kernel NUMBER=30 SEED=1`: which faults does the suite not notice?

Mutants are drawn from the room, as many of each kind of edit as there are, and the tests of the
room and of its neighbours are run against each. What was noticed is kept in `.build/mutants.json`
and not run again: after Ctrl-C the same call goes on, and after a new test only the survivors are
tried. `tests/mutants/equivalent.py` has those that are no faults.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections import Counter
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.mutants.equivalent import EQUIVALENT
from tests.mutants.generate import Mutant
from tests.mutants.suite import ROOT, Copy, judges_of, of_room, sources
from tools.paths import BUILD

KEPT = BUILD / "mutants.json"
LONGEST = 4
"""How many times as long as the unbroken suite takes a mutant may (our choice)."""


def drawn(found: list[Mutant], number: int, seed: int) -> list[Mutant]:
    """So many mutants, the same for a seed, and of each kind of edit as many as of any other."""
    texts = {file: (ROOT / file).read_text(encoding="utf-8") for file in {m.file for m in found}}
    kinds: dict[str, list[Mutant]] = {}
    for mutant in found:
        if mutant.name not in EQUIVALENT:
            kinds.setdefault(mutant.kind, []).append(mutant)
    draw = Random(seed)
    for each in kinds.values():
        draw.shuffle(each)
    chosen: list[Mutant] = []
    while len(chosen) < number and any(kinds.values()):
        for each in filter(None, list(kinds.values())):
            mutant = each.pop()
            if mutant.is_python(texts[mutant.file]):
                chosen.append(mutant)
    return chosen[:number]


def key(mutant: Mutant) -> str:
    """A short name of a broken source."""
    broken = mutant.of((ROOT / mutant.file).read_text(encoding="utf-8"))
    return hashlib.sha256(f"{mutant.file}\n{broken}".encode()).hexdigest()[:16]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make mutants", description=__doc__)
    parser.add_argument("room", help="a folder or a file of oomlab")
    parser.add_argument("--number", type=int, default=30, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="which ones")
    parser.add_argument("--quick", action="store_true", help="without the tests of scenarios")
    parser.add_argument("--list", action="store_true", help="print them and run nothing")
    return parser.parse_args()


def main() -> int:
    """Command line: returns 1 if a mutant survives, 2 if there is nothing to be broken."""
    options = _options()
    room = (ROOT / options.room).resolve()
    if not room.is_relative_to(ROOT / "oomlab") or not sources(room):
        print(f"ROOM is a folder or a file of oomlab, not {options.room!r}", file=sys.stderr)
        return 2
    chosen = drawn(of_room(room), options.number, options.seed)
    if options.list:
        print(*(f"{m.file}:{m.line} {m.name}" for m in chosen), sep="\n")
        return 0
    kept: dict[str, str] = json.loads(KEPT.read_text()) if KEPT.is_file() else {}
    tried: Counter[str] = Counter()
    survivors: Counter[str] = Counter()
    with TemporaryDirectory() as folder:
        copy, green_s = Copy(Path(folder)), dict[str, float]()
        for number, mutant in enumerate(chosen, 1):
            tests = judges_of(mutant.file, quick=options.quick)
            own = str(Path(mutant.file).parent)
            noticed = kept.get(key(mutant), "")
            if not noticed:
                if own not in green_s:
                    green_s[own] = _green(copy, tests)
                noticed = copy.judge(mutant, tests, LONGEST * green_s[own] + 10)
            tried[own] += 1
            if noticed:
                kept[key(mutant)] = noticed
                KEPT.parent.mkdir(exist_ok=True)
                KEPT.write_text(json.dumps(kept, indent=0))
            else:
                survivors[own] += 1
            print(
                f"{number}/{len(chosen)} {mutant.file}:{mutant.line} {mutant.name}\n"
                f"    {noticed or 'SURVIVES'}",
                flush=True,
            )
    for own, total in sorted(tried.items()):
        print(f"{own}: {total} mutants, {survivors[own]} survive")
    return 1 if survivors else 0


def _green(copy: Copy, tests: list[str]) -> float:
    """How many seconds the tests take on the unbroken tree, on which they must be green."""
    if not tests:
        raise SystemExit("no tests look at this room; name them in tests/mutants/suite.py")
    began = time.monotonic()
    red = copy.red(tests, longest_s=1800)
    if red:
        raise SystemExit(f"{red} is red before anything is broken; mend it first")
    return time.monotonic() - began


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("interrupted; the same call goes on")
