#!/bin/sh
# Resolve the pins of requirements-dev.txt, which includes the other two files, into one
# list that holds for every supported Python. The resolver lives in a throw-away folder,
# because it is needed here only.
set -eu
cd "$(dirname "$0")/.."
python=$(sh tools/find_python.sh)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -m venv "$scratch/venv"
"$scratch/venv/bin/python" -m pip install --quiet --disable-pip-version-check uv==0.13.9
{
    echo "# Every package of the book, the tests and the course, with what they pull in."
    echo "# Made by \`make lock\` from requirements-dev.txt; used as pip's constraints file."
    "$scratch/venv/bin/uv" pip compile --quiet --universal --python-version 3.11 \
        --no-emit-index-url --no-emit-find-links --no-annotate --no-header requirements-dev.txt
} >"$scratch/lock.txt"
mv "$scratch/lock.txt" requirements-lock.txt
