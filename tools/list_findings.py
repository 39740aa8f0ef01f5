"""Write the table of `findings/README.md` from the heads of the scripts beside it."""

import re
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1] / "findings"
FIELDS = ("Package", "Expected", "Really", "Seen")
HEAD_LINES = 25
TITLES = ("script", "package and version", "one would expect", "what happens", "seen")
TOP = f"| {' | '.join(TITLES)} |\n{'|---' * len(TITLES)}|\n"


@dataclass(frozen=True)
class Finding:
    """What the head of one script says; a field that it lacks is empty."""

    name: str
    fields: dict[str, str]

    def row(self) -> str:
        """Its line in the table."""
        cells = [f"[{self.name}]({self.name})", *(self.fields[field] for field in FIELDS)]
        return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def read_finding(script: Path) -> Finding:
    """Read the fields that the first lines of a script state, each on a line of its own."""
    head = "\n".join(script.read_text(encoding="utf-8").splitlines()[:HEAD_LINES])
    fields = {field: re.search(rf"^# {field}: (.+)$", head, re.MULTILINE) for field in FIELDS}
    return Finding(script.name, {field: hit[1] if hit else "" for field, hit in fields.items()})


def table() -> str:
    """Return the whole table, one row for each script, by name."""
    return TOP + "".join(read_finding(script).row() for script in sorted(HERE.glob("*.sh")))


def main() -> int:
    """Put the table in the place of the old one."""
    readme = HERE / "README.md"
    before = readme.read_text(encoding="utf-8").split(TOP)[0]
    readme.write_text(before + table(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
