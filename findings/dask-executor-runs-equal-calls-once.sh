#!/usr/bin/env bash
# Five random draws through an executor, and a function that has a parameter named `priority`.
#
# Package: distributed 2026.8.0, dask 2026.8.0
# Expected: `Client.get_executor()` returns an executor in the sense of `concurrent.futures`: each `submit` is one call, and keyword arguments go to the function.
# Really: Five equal calls are one call, with one result for all (unless `pure=False` is given to `get_executor`); `priority` and `retries` are taken away from the function without a word.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install distributed==2026.8.0 dask==2026.8.0

cat > "$box/draws.py" <<'END'
import random
from concurrent.futures import ThreadPoolExecutor

from distributed import Client, LocalCluster


def draw(upper):
    return random.random() * upper


def arguments(**given):
    return sorted(given)


def try_out(title, pool):
    draws = {pool.submit(draw, 1).result() for _ in range(5)}
    mapped = set(pool.map(draw, [1] * 5))
    print(f"{title}: {len(draws)} and {len(mapped)} different draws of five,", end=" ")
    print("the function sees", *pool.submit(arguments, limit=5, priority=3, retries=2).result())


with ThreadPoolExecutor() as pool:
    try_out("threads", pool)
with LocalCluster(n_workers=1, processes=False, dashboard_address=None) as cluster:
    with Client(cluster) as client:
        try_out("dask", client.get_executor())
        try_out("dask, pure=False", client.get_executor(pure=False))
END

seen=$("$box/venv/bin/python" "$box/draws.py")
printf '%s\n' "$seen"
[ "$seen" = "threads: 5 and 5 different draws of five, the function sees limit priority retries
dask: 1 and 1 different draws of five, the function sees limit
dask, pure=False: 5 and 5 different draws of five, the function sees limit" ] || { echo "This has changed." >&2; exit 1; }
