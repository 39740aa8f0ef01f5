#!/usr/bin/env bash
# An assignment in nbgrader's form is given to another well-known grader.
#
# Package: otter-grader 7.0.0, ipykernel 6.31.0
# Expected: Both mark solutions with BEGIN SOLUTION and END SOLUTION: Otter takes them out of the student's version as well, or refuses the notebook.
# Really: `otter assign` warns of missing tests, exits 0, and the student's version holds the solution and the hidden test. It goes by raw cells of its own and passes over nbgrader's marks.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install otter-grader==7.0.0 ipykernel==6.31.0

cat > "$box/write.py" <<'END'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook


def cell(name, source, **role):
    made = new_code_cell(source)
    marks = {"schema_version": 3, "grade_id": name, "task": False, "cell_type": "code"}
    made.metadata["nbgrader"] = marks | {"grade": False, "solution": False, "locked": False} | role
    return made


solution = "def order(a, b):\n    ### BEGIN SOLUTION\n    return sorted((a, b))\n    ### END SOLUTION"
test = "assert order(2, 1) == [1, 2]\n### BEGIN HIDDEN TESTS\nassert order(3, 3)\n### END HIDDEN TESTS"
notebook = new_notebook(
    cells=[
        cell("order", solution, solution=True),
        cell("test", test, grade=True, locked=True, points=1),
    ]
)
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, "locks.ipynb")
END
cd "$box"
venv/bin/python write.py
seen=$(
	status=0
	PATH="$box/venv/bin:$PATH" otter assign locks.ipynb out > log 2>&1 || status=$?
	echo "exit status $status"
	for part in 'return sorted((a, b))' 'assert order(3, 3)'; do
		echo "in the student's version: $(grep -oF "$part" out/student/locks.ipynb)"
	done
)
printf '%s\n' "$seen"
[ "$seen" = "exit status 0
in the student's version: return sorted((a, b))
in the student's version: assert order(3, 3)" ] || { echo "This has changed." >&2; exit 1; }
