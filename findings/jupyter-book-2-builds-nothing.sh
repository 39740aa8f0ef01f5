#!/usr/bin/env bash
# The same command, on the same book, after an unpinned upgrade.
#
# Package: jupyter-book 2.1.7
# Expected: A new major version that does not know a book's `_config.yml` and `_toc.yml` says so and fails.
# Really: `jupyter-book build .` prints a puzzling line (a directory cannot be read), builds no page and exits 0: a job that publishes the result stays green with an empty site.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install jupyter-book==2.1.7

mkdir "$box/book"
cd "$box/book"
printf 'title: Locks\n' > _config.yml
printf 'format: jb-book\nroot: index\n' > _toc.yml
printf '# Locks\n\nOne page.\n' > index.md
seen=$(
	status=0
	PATH="$box/venv/bin:$PATH" jupyter-book build . < /dev/null > "$box/log" 2>&1 || status=$?
	grep -oE 'EISDIR: [a-z ]*' "$box/log" || true
	echo "exit status $status, pages: $(find _build -name '*.html' | wc -l)"
)
printf '%s\n' "$seen"
[ "$seen" = "EISDIR: illegal operation on a directory
exit status 0, pages: 0" ] || { echo "This has changed." >&2; exit 1; }
