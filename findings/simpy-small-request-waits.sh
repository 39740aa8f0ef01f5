#!/usr/bin/env bash
# Ten units lie there, somebody asks for five: is that enough?
#
# Package: simpy 4.1.2
# Expected: A container serves whatever can be served, as a filter store of the same package does: five of ten units are handed out at once.
# Really: Behind a request for fifty the five wait for ever: a container looks at the head of its queue only. The filter store looks at everybody, so the two starve different tasks.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install simpy==4.1.2

cat > "$box/small.py" <<'END'
import simpy


def served(get, small, large):
    env = simpy.Environment()
    ask = get(env)

    def task(want, after):
        yield env.timeout(after)
        claim = ask(want)
        yield claim | env.timeout(90)
        print(f"  asked for {want}: {'served' if claim.triggered else 'still waiting'}")

    env.process(task(large, 1))
    env.process(task(small, 2))
    env.run()


def shelf(env):
    store = simpy.FilterStore(env)
    store.items.append(10)
    return lambda want: store.get(lambda have: have >= want)


print("container of ten")
served(lambda env: simpy.Container(env, init=10).get, 5, 50)
print("filter store with one block of ten")
served(shelf, 5, 50)
END

seen=$("$box/venv/bin/python" "$box/small.py")
printf '%s\n' "$seen"
[ "$seen" = "container of ten
  asked for 50: still waiting
  asked for 5: still waiting
filter store with one block of ten
  asked for 5: served
  asked for 50: still waiting" ] || { echo "This has changed." >&2; exit 1; }
