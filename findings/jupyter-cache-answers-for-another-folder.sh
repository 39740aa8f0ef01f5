#!/usr/bin/env bash
# Two chapters with the same code, each in a folder of its own with a data file of its own.
#
# Package: myst-nb 1.4.0, jupyter-cache 1.0.1, sphinx 7.4.7, ipykernel 6.31.0 (PyPI)
# Expected: With `nb_execution_mode = "cache"` a page shows what its code gave in its folder; what is stored belongs to the notebook that was run.
# Really: What is stored belongs to the text of the code cells alone. The second chapter is not run at all: it shows what the first one read, in the first build already, without a word. (With "force" each is run in its folder.)
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install myst-nb==1.4.0 jupyter-cache==1.0.1 sphinx==7.4.7 ipykernel==6.31.0

for name in north south; do
	mkdir -p "$box/book/$name"
	echo "measured in the $name" > "$box/book/$name/facts.txt"
	cat > "$box/book/$name/chapter.md" <<-'END'
		---
		file_format: mystnb
		kernelspec: {name: python3, display_name: Python 3}
		---
		# Chapter

		```{code-cell}
		print(open("facts.txt").read())
		```
	END
done
cd "$box/book"
printf '# Book\n\n```{toctree}\nnorth/chapter\nsouth/chapter\n```\n' > index.md
seen=$(
	for mode in force cache; do
		printf 'extensions = ["myst_nb"]\nnb_execution_mode = "%s"\n' "$mode" > conf.py
		PATH="$box/venv/bin:$PATH" sphinx-build -q -W -b text -d "$box/$mode.tree" . "$box/$mode"
		for name in north south; do
			echo "$mode, $name: $(grep -o 'measured .*' "$box/$mode/$name/chapter.txt")"
		done
	done
)
printf '%s\n' "$seen"
[ "$seen" = "force, north: measured in the north
force, south: measured in the south
cache, north: measured in the north
cache, south: measured in the north" ] || { echo "This has changed." >&2; exit 1; }
