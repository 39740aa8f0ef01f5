#!/usr/bin/env bash
# A process waits until another has ended, by looking at the number of processes.
#
# Package: spin 6.5.2+dfsg-1 (Debian; gcc compiles its verifier)
# Expected: The one that was started first ends first, the other goes on; and if it could not, the verifier would find the deadlock, for partial-order reduction keeps deadlocks.
# Really: Processes end in the reverse order of their start, so the second waits for ever: the simulator ends in a timeout. The verifier says errors: 0 all the same, because its reduction does not know that `_nr_pr` ties processes together; compiled with -DNOREDUCE it finds the deadlock.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
apt-get -qq -o APT::Sandbox::User=root download spin=6.5.2+dfsg-1
dpkg -x spin_*.deb .

cat > join.pml <<'END'
proctype first() { skip }
proctype second() { (_nr_pr == 2); printf("first is gone\n") }
init { run first(); run second() }
END

seen=$(
	echo "simulator"
	./usr/bin/spin -n1 join.pml | grep -oE 'timeout|first is gone|proc  2 .second:1.*line|proc  2 .second' | sed 's/^/  /'
	./usr/bin/spin -a join.pml
	for option in "" -DNOREDUCE; do
		echo "verifier${option:+ with $option}"
		gcc $option -o pan pan.c 2> /dev/null
		./pan 2>&1 | grep -oE 'invalid end state .at|errors: [0-9]+' | sed 's/^/  /'
	done
)
printf '%s\n' "$seen"
[ "$seen" = "simulator
  timeout
  proc  2 (second
verifier
  errors: 0
verifier with -DNOREDUCE
  invalid end state (at
  errors: 1" ] || { echo "This has changed." >&2; exit 1; }
