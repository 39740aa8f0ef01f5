#!/bin/sh
# Resolve the pins of requirements-*.txt into lists with hashes that hold for every supported
# Python: lock.sh UV [option of uv]. What is locked already stays as it is, as far as the pins
# allow; with --upgrade everything becomes the newest. The book's list is resolved from the full
# one, so that the two agree.
set -eu
cd "$(dirname "$0")/.."
uv=$1
shift
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
for_python="--universal --python-version 3.11"
resolve() { # resolve REQUIREMENTS LOCK WHAT [option of uv]...
    from=$1 lock=$2 what=$3
    shift 3
    if [ -e "$lock" ]; then cp "$lock" "$scratch/list"; else : >"$scratch/list"; fi
    # shellcheck disable=SC2086 # two options
    "$uv" pip compile --quiet $for_python --generate-hashes \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header --no-strip-extras \
        --output-file "$scratch/list" "$@" "$from" >/dev/null
    {
        echo "# $what, with what it pulls in and the hash of each file."
        echo "# Made by \`make lock\` from $from."
        cat "$scratch/list"
    } >"$scratch/made"
    mv "$scratch/made" "$lock"
}
resolve requirements-dev.txt requirements-lock.txt \
    "Every package of the book, the tests and the course" "$@"
resolve requirements-book.txt requirements-book-lock.txt "What builds the book" \
    --constraint requirements-lock.txt "$@"
resolve requirements-uv.txt requirements-uv-lock.txt "What resolves and installs all other lists" "$@"
resolve requirements-release.txt requirements-release-lock.txt \
    "What makes, checks and audits a release" "$@"
resolve requirements-config.txt requirements-config-lock.txt \
    "What translates _config.yml for Sphinx" "$@"
resolve requirements-otter.txt requirements-otter-lock.txt \
    "What \`make otter\` makes and grades sets with" --constraint requirements-lock.txt "$@"
resolve requirements-lite.txt requirements-lite-lock.txt "What \`make lite\` builds with" \
    --constraint requirements-lock.txt "$@"
resolve tools/requirements-node.in tools/requirements-node.txt "npm, for machines without one" "$@"
# Pyodide's Python, which runs what is installed nowhere else.
for_python="--python-version 3.14 --python-platform wasm32-pyodide2025"
resolve requirements-lite-page.txt requirements-lite-page-lock.txt \
    "What the Python of the JupyterLite page has" --constraint requirements-lite-lock.txt "$@"
