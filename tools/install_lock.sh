#!/bin/sh
# Install a lock into an environment: install_lock.sh PYTHON LOCK. What comes from elsewhere is
# installed by its hash, or not at all. uv takes a tenth of pip's time; but it reads no pip.conf, so
# where the packages come from a place that only pip knows of, pip is asked.
# Neither compiles: of all files one in ten is ever imported, and Python keeps what it compiles then.
set -u
cd "$(dirname "$0")/.." || exit 1
.venv/bin/uv pip install --quiet --python "$1" --require-hashes -r "$2" && exit
echo "uv cannot install $2; trying with pip" >&2
exec "$1" -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r "$2"
