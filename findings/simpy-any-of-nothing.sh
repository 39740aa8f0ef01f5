#!/usr/bin/env bash
# Waiting for the first of no events at all.
#
# Package: simpy 4.1.2
# Expected: `any_of([])` can never come true (as `any([])` is False): the process waits for ever, or an error says so.
# Really: It comes true at once, with an empty result, like `all_of([])`: a task with nobody left to wait for goes on as if somebody had answered.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install simpy==4.1.2

cat > "$box/nobody.py" <<'END'
import simpy

env = simpy.Environment()


def waiter(name, condition):
    result = yield condition([])
    print(f"{name}([]) came true at {env.now} with {len(result.todict())} results")


env.process(waiter("any_of", env.any_of))
env.process(waiter("all_of", env.all_of))
env.run(until=10)
END

seen=$("$box/venv/bin/python" "$box/nobody.py")
printf '%s\n' "$seen"
[ "$seen" = "any_of([]) came true at 0 with 0 results
all_of([]) came true at 0 with 0 results" ] || { echo "This has changed." >&2; exit 1; }
