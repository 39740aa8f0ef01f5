#!/usr/bin/env bash
# Two processes lock each other out; what does the engine say?
#
# Package: simpy 4.1.2
# Expected: `run()` complains that processes still wait and no event is left; or at least the clock stays where everything stopped.
# Really: `run()` returns as after a good run, and `run(until=100)` moves the clock to 100 though nothing has happened since 3. Only `run(until=<event>)` raises.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install simpy==4.1.2

cat > "$box/crossed.py" <<'END'
import simpy


def crossed(**until):
    env = simpy.Environment()
    left, right = simpy.Resource(env), simpy.Resource(env)

    def task(first, second):
        with first.request() as one:
            yield one
            yield env.timeout(3)
            with second.request() as other:
                yield other

    last = [env.process(task(left, right)), env.process(task(right, left))][-1]
    try:
        outcome = f"returned {env.run(until=last if 'end' in until else until.get('time'))}"
    except RuntimeError as error:
        outcome = type(error).__name__
    print(f"{outcome}, clock at {env.now}, still alive: {last.is_alive}")


crossed()
crossed(time=100)
crossed(end=True)
END

seen=$("$box/venv/bin/python" "$box/crossed.py")
printf '%s\n' "$seen"
[ "$seen" = "returned None, clock at 3, still alive: True
returned None, clock at 100, still alive: True
RuntimeError, clock at 3, still alive: True" ] || { echo "This has changed." >&2; exit 1; }
