#!/usr/bin/env bash
# `finally: resource.release(request)`, when the request has not been granted yet.
#
# Package: simpy 4.1.2
# Expected: Releasing what one does not hold raises an error, or takes the request out of the queue.
# Really: It does neither. The request stays in the queue, is granted later to a process that has long gone, and nobody ever gets the resource again. (`request.cancel()` or `with` is needed.)
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install simpy==4.1.2

cat > "$box/gone.py" <<'END'
import simpy

env = simpy.Environment()
lock = simpy.Resource(env, capacity=1)


def holder():
    with lock.request() as request:
        yield request
        yield env.timeout(5)


def impatient():
    request = lock.request()
    try:
        yield request | env.timeout(1)
    finally:
        lock.release(request)
    print(f"at {env.now} released; waiting requests: {len(lock.queue)}")


def late():
    yield env.timeout(6)
    with lock.request() as request:
        yield request | env.timeout(50)
        print(f"at {env.now} granted: {request.triggered}; holders: {lock.count}")


for process in (holder, impatient, late):
    env.process(process())
env.run()
END

seen=$("$box/venv/bin/python" "$box/gone.py")
printf '%s\n' "$seen"
[ "$seen" = "at 1 released; waiting requests: 1
at 56 granted: False; holders: 1" ] || { echo "This has changed." >&2; exit 1; }
