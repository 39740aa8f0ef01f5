#!/usr/bin/env bash
# Hidden tests are cut out of the release; then the students get their feedback.
#
# Package: nbgrader 0.9.6, ipykernel 6.31.0
# Expected: A hidden test stays hidden: the feedback shows points and, at most, that something failed.
# Really: The feedback page prints the source of the hidden test in full, also for a student who passed it: from then on it cannot be used again.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install nbgrader==0.9.6 ipykernel==6.31.0

cat > "$box/write.py" <<'END'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook


def cell(name, source, **role):
    made = new_code_cell(source)
    marks = {"schema_version": 3, "grade_id": name, "task": False, "cell_type": "code"}
    made.metadata["nbgrader"] = marks | {"grade": False, "solution": False, "locked": False} | role
    return made


solution = "### BEGIN SOLUTION\ndef order(a, b):\n    return sorted((a, b))\n### END SOLUTION"
test = "assert order(2, 1) == [1, 2]\n### BEGIN HIDDEN TESTS\nassert order(3, 3)\n### END HIDDEN TESTS"
notebook = new_notebook(
    cells=[
        cell("order", solution, solution=True),
        cell("test", test, grade=True, locked=True, points=1),
    ]
)
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, "source/locks/locks.ipynb")
END
cat > "$box/answer.py" <<'END'
import nbformat

notebook = nbformat.read("release/locks/locks.ipynb", as_version=4)
notebook.cells[0].source = "def order(a, b):\n    return [min(a, b), max(a, b)]"
nbformat.write(notebook, "submitted/student/locks/locks.ipynb")
END
cd "$box"
PATH="$box/venv/bin:$PATH"
mkdir -p source/locks submitted/student/locks
python write.py
nbgrader generate_assignment locks --create > log 2>&1
python answer.py
nbgrader autograde locks >> log 2>&1
nbgrader generate_feedback locks >> log 2>&1

seen=$(
	for page in release/locks/locks.ipynb feedback/student/locks/locks.html; do
		shown=$(sed 's/<[^>]*>//g' "$page" | grep -oF 'order(3, 3)' || echo nothing)
		echo "$(dirname "$(dirname "$page")"): $shown"
	done
)
printf '%s\n' "$seen"
[ "$seen" = "release: nothing
feedback/student: order(3, 3)" ] || { echo "This has changed." >&2; exit 1; }
