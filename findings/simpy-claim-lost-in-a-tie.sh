#!/usr/bin/env bash
# A process that runs out of patience at the very moment a thing arrives takes the thing with it.
#
# Package: simpy 4.1.2
# Expected: Whoever gives up (or is interrupted) inside `with store.get()` takes nothing; at a tie the item either reaches it or stays in the store.
# Really: The item has left the store, the process is told that it timed out (or was interrupted), and leaving the `with` block gives nothing back: the item is gone. Only the order in which two processes were made decides.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install simpy==4.1.2

cat > "$box/tie.py" <<'END'
import simpy


def patient(env, store):
    with store.get() as claim:
        outcome = yield claim | env.timeout(3)
        print("  patient process:", "has it" if claim in outcome else "gave up")


def sleeper(env, store):
    try:
        with store.get() as claim:
            yield claim
            print("  sleeper: has it")
    except simpy.Interrupt:
        print("  sleeper: interrupted")


def maker(env, store, victim=None):
    yield env.timeout(3)
    yield store.put("page")
    if victim:
        victim.interrupt()


for title, order in (("patient first", "pm"), ("maker first", "mp")):
    env = simpy.Environment()
    store = simpy.Store(env)
    for who in order:
        env.process((patient if who == "p" else maker)(env, store))
    print(title)
    env.run()
    print("  left in the store:", store.items)

env = simpy.Environment()
store = simpy.Store(env)
env.process(maker(env, store, victim=env.process(sleeper(env, store))))
print("interrupted at the moment of delivery")
env.run()
print("  left in the store:", store.items)
END

seen=$("$box/venv/bin/python" "$box/tie.py")
printf '%s\n' "$seen"
[ "$seen" = "patient first
  patient process: gave up
  left in the store: ['page']
maker first
  patient process: gave up
  left in the store: []
interrupted at the moment of delivery
  sleeper: interrupted
  left in the store: []" ] || { echo "This has changed." >&2; exit 1; }
