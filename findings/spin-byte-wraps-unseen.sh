#!/usr/bin/env bash
# A byte that counts waiting tasks goes past 255.
#
# Package: spin 6.5.2+dfsg-1 (Debian; gcc compiles its verifier)
# Expected: The exhaustive verifier is the stricter of the two tools: what the simulator reports as an error, it reports too.
# Really: The simulator reports "value (256->0 (8)) truncated in assignment" and fails; the verifier wraps without a word and says errors: 0.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
apt-get -qq -o APT::Sandbox::User=root download spin=6.5.2+dfsg-1
dpkg -x spin_*.deb .

cat > crowd.pml <<'END'
byte waiting = 254;
active proctype crowd() { waiting++; waiting++; waiting++; printf("waiting: %d\n", waiting) }
END

seen=$(
	echo "simulator"
	./usr/bin/spin crowd.pml > log 2>&1 || echo "  fails"
	grep -oE 'value .*|waiting: .*' log | sed 's/^/  /'
	echo "verifier"
	./usr/bin/spin -a crowd.pml
	gcc -o pan pan.c 2> /dev/null
	./pan 2>&1 | grep -oiE 'truncated|overflow|errors: [0-9]+' | sed 's/^/  /'
)
printf '%s\n' "$seen"
[ "$seen" = "simulator
  fails
  value (256->0 (8)) truncated in assignment
  waiting: 1
verifier
  errors: 0" ] || { echo "This has changed." >&2; exit 1; }
