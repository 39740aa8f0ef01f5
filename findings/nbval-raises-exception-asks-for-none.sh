#!/usr/bin/env bash
# A cell is marked `raises-exception`: "this must be refused".
#
# Package: nbval 0.11.0, pytest 9.2.0, ipykernel 6.31.0
# Expected: As with `pytest.raises`: no exception, or another one than the stored output shows, is a failure.
# Really: Under `--nbval-lax` the tag only allows: a cell that raises nothing passes, and so does one that raises something else than its stored output says. (Without -lax both fail.)
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install nbval==0.11.0 pytest==9.2.0 ipykernel==6.31.0

cat > "$box/write.py" <<'END'
import nbformat
from nbformat.v4 import new_code_cell, new_notebook, new_output


def write(name, source):
    stored = new_output("error", ename="ValueError", evalue="no such page", traceback=[])
    cell = new_code_cell(source, outputs=[stored], execution_count=1)
    cell.metadata["tags"] = ["raises-exception"]
    nbformat.write(new_notebook(cells=[cell]), f"{name}.ipynb")


write("refuses", "raise ValueError('no such page')")
write("another", "raise NameError('a slip of the pen')")
write("nothing", "pass")
END
cd "$box"
venv/bin/python write.py
seen=$(
	for mode in --nbval --nbval-lax; do
		for name in refuses another nothing; do
			venv/bin/python -m pytest -q -p no:cacheprovider $mode --nbval-current-env $name.ipynb > log 2>&1 &&
				echo "$mode $name: passes" || echo "$mode $name: fails"
		done
	done
)
printf '%s\n' "$seen"
[ "$seen" = "--nbval refuses: passes
--nbval another: fails
--nbval nothing: fails
--nbval-lax refuses: passes
--nbval-lax another: passes
--nbval-lax nothing: passes" ] || { echo "This has changed." >&2; exit 1; }
