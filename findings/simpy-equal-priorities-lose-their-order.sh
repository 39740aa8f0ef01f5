#!/usr/bin/env bash
# Eight tasks of one priority queue up; who is served next?
#
# Package: simpy 4.1.2
# Expected: First come, first served among equals, in the priority store as in the priority resource: the engine breaks every other tie by the order of arrival.
# Really: The resource does. The store is a bare heap without a number of arrival: a, c, g, f, h, e, b, d. It is the same in each run, so it looks meant, and the second to come waits until the seventh turn.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install simpy==4.1.2

cat > "$box/equals.py" <<'END'
import simpy

names = "abcdefgh"
env = simpy.Environment()
store, resource = simpy.PriorityStore(env), simpy.PriorityResource(env)
served = []


def queue():
    for name in names:
        yield store.put(simpy.PriorityItem(1, name))
    taken = []
    for _ in names:
        taken.append((yield store.get()).item)
    print("store:   ", *taken)


def task(name):
    with resource.request(priority=1) as request:
        yield request
        served.append(name)
        yield env.timeout(1)


env.process(queue())
for name in names:
    env.process(task(name))
env.run()
print("resource:", *served)
END

seen=$("$box/venv/bin/python" "$box/equals.py")
printf '%s\n' "$seen"
[ "$seen" = "store:    a c g f h e b d
resource: a b c d e f g h" ] || { echo "This has changed." >&2; exit 1; }
