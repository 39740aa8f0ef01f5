#!/usr/bin/env bash
# One more property is added to a model that deadlocks.
#
# Package: spin 6.5.2+dfsg-1 (Debian; gcc compiles its verifier)
# Expected: The verifier checks the formula as well as all that it checked before; the deadlock is still found.
# Really: With any `ltl` formula in the file "invalid end states" are no longer looked for: the deadlock is gone from the report, with errors: 0. Only one line among the settings of the search says so.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
apt-get -qq -o APT::Sandbox::User=root download spin=6.5.2+dfsg-1
dpkg -x spin_*.deb .

cat > bare.pml <<'END'
bool left, right;
active proctype one() {
	atomic { !left -> left = true }; atomic { !right -> right = true };
	left = false; right = false
}
active proctype two() {
	atomic { !right -> right = true }; atomic { !left -> left = true };
	right = false; left = false
}
END
{ cat bare.pml; echo 'ltl sane { [] (left || !left) }'; } > claimed.pml

verify() {
	echo "$1"
	./usr/bin/spin -a "$1.pml" > /dev/null
	gcc -o pan pan.c 2> /dev/null
	./pan -a 2> /dev/null | grep -oE 'invalid end state .at depth|invalid end states.*|errors: [0-9]+' | tr -s '\t' ' ' | sed 's/^/  /'
}
seen=$(verify bare; verify claimed)
printf '%s\n' "$seen"
[ "$seen" = "bare
  invalid end state (at depth
  invalid end states +
  errors: 1
claimed
  invalid end states - (disabled by never claim)
  errors: 0" ] || { echo "This has changed." >&2; exit 1; }
