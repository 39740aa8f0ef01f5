#!/usr/bin/env bash
# Three students have the same right solution. One has rewritten the test, one made it a text cell, one deleted it.
#
# Package: nbgrader 0.9.6, ipykernel 6.31.0
# Expected: Tests are the teacher's: before grading each is put back as it was, and the three get the same; or a missing one is reported.
# Really: The rewritten test is put back, the text cell is made a test again, the deleted one stays away: 0 of 1 points for a right solution, exit status 0, and no line in the log, which warns of the other two. It comes back with `OverwriteCells.add_missing_cells` only, which is off.
# Seen: 2026-11-29
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


solution = "### BEGIN SOLUTION\norder = sorted\n### END SOLUTION"
notebook = new_notebook(
    cells=[
        cell("order", solution, solution=True),
        cell("test", "assert order([2, 1]) == [1, 2]", grade=True, locked=True, points=1),
    ]
)
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, "source/locks/locks.ipynb")
END
cat > "$box/answer.py" <<'END'
import nbformat
from nbformat.v4 import new_markdown_cell

for student in ("rewrote", "made-it-text", "deleted"):
    notebook = nbformat.read("release/locks/locks.ipynb", as_version=4)
    answer, test = notebook.cells
    answer.source = "order = sorted"
    if student == "rewrote":
        test.source = "assert order([2, 1]) == [2, 1]"
    elif student == "made-it-text":
        notebook.cells[1] = new_markdown_cell(test.source, metadata=test.metadata, id=test.id)
    else:
        notebook.cells.remove(test)
    nbformat.write(notebook, f"submitted/{student}/locks/locks.ipynb")
END
cd "$box"
PATH="$box/venv/bin:$PATH"
mkdir -p source/locks submitted/{rewrote,made-it-text,deleted}/locks
python write.py
nbgrader generate_assignment locks --create > log 2>&1
python answer.py

seen=$(
	for option in False True; do
		status=0
		nbgrader autograde locks --force --OverwriteCells.add_missing_cells=$option > log 2>&1 || status=$?
		nbgrader export > exported 2>&1
		echo "add_missing_cells $option: exit status $status"
		grep -oE "[A-Z][a-z' _]+cell test" log
		cut -d, -f4,10,11 grades.csv
	done
)
printf '%s\n' "$seen"
[ "$seen" = "add_missing_cells False: exit status 0
Attribute 'cell_type' for cell test
Attribute 'checksum' for cell test
student_id,score,max_score
deleted,0.0,1.0
made-it-text,1.0,1.0
rewrote,1.0,1.0
add_missing_cells True: exit status 0
Missing grade cell test
Attribute 'cell_type' for cell test
Attribute 'checksum' for cell test
student_id,score,max_score
deleted,1.0,1.0
made-it-text,1.0,1.0
rewrote,1.0,1.0" ] || { echo "This has changed." >&2; exit 1; }
