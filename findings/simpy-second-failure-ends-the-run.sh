#!/usr/bin/env bash
# A parent waits for two children with `all_of` and catches what they raise.
#
# Package: simpy 4.1.2
# Expected: The parent has taken both children under its wing: after it has caught the first failure, a second one is either handed to it as well or dropped.
# Really: With the first failure the condition lets go of the other child. When that one fails, nobody is listening, and the error leaves `env.run()` and ends the whole simulation.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install simpy==4.1.2

cat > "$box/children.py" <<'END'
import simpy

env = simpy.Environment()


def child(after):
    yield env.timeout(after)
    raise ValueError(f"child of {after}")


def parent():
    try:
        yield env.all_of([env.process(child(1)), env.process(child(2))])
    except ValueError as error:
        print(f"at {env.now} the parent caught: {error}")
    yield env.timeout(10)
    print("the parent has ended")


env.process(parent())
try:
    env.run()
except ValueError as error:
    print(f"at {env.now} the run was ended by: {error}")
END

seen=$("$box/venv/bin/python" "$box/children.py")
printf '%s\n' "$seen"
[ "$seen" = "at 1 the parent caught: child of 1
at 2 the run was ended by: child of 2" ] || { echo "This has changed." >&2; exit 1; }
