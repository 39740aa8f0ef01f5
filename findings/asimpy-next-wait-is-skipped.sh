#!/usr/bin/env bash
# A process is interrupted at the very moment its event comes; then it sleeps.
#
# Package: asimpy 0.20.0
# Expected: The interrupt is delivered, and the next `await self.timeout(10)` lasts ten units.
# Really: The wake-up of the event that was interrupted is not taken back: it ends the *next* wait, so the ten units last none, and no error says so.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install asimpy==0.20.0

cat > "$box/skipped.py" <<'END'
from asimpy import Environment, Event, Interrupt, Process


class Sleeper(Process):
    def init(self, event):
        self.event = event

    async def run(self):
        try:
            await self.event
            print("  the event came at", self.now)
        except Interrupt:
            print("  interrupted at", self.now)
        began = self.now
        await self.timeout(10)
        print("  slept ten units in", self.now - began)


class Waker(Process):
    def init(self, event, sleeper, gap):
        self.event, self.sleeper, self.gap = event, sleeper, gap

    async def run(self):
        await self.timeout(3)
        if self.gap:
            self.sleeper.interrupt()
            await self.timeout(self.gap)
        self.event.succeed()
        if not self.gap:
            self.sleeper.interrupt()


for title, gap in (("interrupt two units before the event", 2), ("both at one moment", 0)):
    print(title)
    env = Environment()
    event = Event(env)
    Waker(env, event, Sleeper(env, event), gap)
    env.run()
END

seen=$("$box/venv/bin/python" "$box/skipped.py")
printf '%s\n' "$seen"
[ "$seen" = "interrupt two units before the event
  interrupted at 3
  slept ten units in 10
both at one moment
  interrupted at 3
  slept ten units in 0" ] || { echo "This has changed." >&2; exit 1; }
