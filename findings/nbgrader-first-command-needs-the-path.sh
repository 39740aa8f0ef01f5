#!/usr/bin/env bash
# A course is set up by a script that calls the nbgrader of an environment by its path, as cron and make do.
#
# Package: nbgrader 0.9.6, ipykernel 6.31.0
# Expected: A program is complete where it is installed: it works by its path as it does in an activated environment; and what fails the first time fails the second.
# Really: The first command of a course makes its database and calls `alembic` by its bare name, which is looked for on PATH only: it fails, and nothing is released. By then the tables are there, so that the second call, the same, works; what `alembic` was to note in the database is never noted.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install nbgrader==0.9.6 ipykernel==6.31.0

mkdir -p "$box/course/source/locks" "$box/activated/source/locks"
cat > "$box/write.py" <<'END'
import sys

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

cell = new_code_cell("### BEGIN SOLUTION\norder = sorted\n### END SOLUTION")
cell.metadata["nbgrader"] = {
    "schema_version": 3, "grade_id": "order", "cell_type": "code", "task": False,
    "grade": False, "solution": True, "locked": False,
}
notebook = new_notebook(cells=[cell])
notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
nbformat.write(notebook, sys.argv[1])
END
cat > "$box/noted.py" <<'END'
import sqlite3

tables = [name for (name,) in sqlite3.connect("gradebook.db").execute("select name from sqlite_master")]
print("alembic_version is", "there" if "alembic_version" in tables else "not there")
END

release() {
	status=0
	"$box/venv/bin/nbgrader" generate_assignment locks --create --force > log 2>&1 || status=$?
	released=no
	[ ! -e release/locks/locks.ipynb ] || released=yes
	echo "$1: exit status $status, released $released"
}

seen=$(
	PATH=/usr/bin:/bin
	for course in course activated; do
		cd "$box/$course"
		"$box/venv/bin/python" "$box/write.py" source/locks/locks.ipynb
		[ $course = course ] || PATH="$box/venv/bin:$PATH"
		release "$course, first call"
		release "$course, second call"
		"$box/venv/bin/python" "$box/noted.py"
	done
)
printf '%s\n' "$seen"
[ "$seen" = "course, first call: exit status 1, released no
course, second call: exit status 0, released yes
alembic_version is not there
activated, first call: exit status 0, released yes
activated, second call: exit status 0, released yes
alembic_version is there" ] || { echo "This has changed." >&2; exit 1; }
