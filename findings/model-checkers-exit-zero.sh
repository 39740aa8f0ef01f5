#!/usr/bin/env bash
# A model checker finds a deadlock; what does a Makefile see?
#
# Package: spin 6.5.2+dfsg-1 (Debian; gcc compiles its verifier), harmony 1.2.4126
# Expected: Exit status 0 means that everything was searched and nothing found, as with a test runner.
# Really: 0 after a deadlock (both tools), and 0 after a search that broke off at its depth limit; that one even prints errors: 0 in the line that everybody greps.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
apt-get -qq -o APT::Sandbox::User=root download spin=6.5.2+dfsg-1
dpkg -x spin_*.deb .
python3 -m venv --without-pip venv
python3 -m pip --python venv/bin/python -qq install harmony==1.2.4126

cat > stuck.pml <<'END'
bool answer;
active proctype asker() { answer }
END
cat > deep.pml <<'END'
int steps;
active proctype walker() { do :: steps < 20000 -> steps++ :: else -> break od; assert(false) }
END
cat > stuck.hny <<'END'
answer = False
def asker():
    await answer
spawn asker()
END

verify() {
	./usr/bin/spin -a "$1.pml"
	gcc -o pan pan.c 2> /dev/null
	./pan > log 2>&1 && echo "exit status 0" || echo "exit status $?"
	grep -ohE 'invalid end state .at|max search depth too small|errors: [0-9]+' log | sed 's/^/  /'
}
seen=$(
	verify stuck
	verify deep
	venv/bin/harmony --noweb stuck.hny > log 2>&1 && echo "exit status 0" || echo "exit status $?"
	grep -oE 'Non-terminating state .*\)' log | sed 's/^/  /'
)
printf '%s\n' "$seen"
[ "$seen" = "exit status 0
  invalid end state (at
  errors: 1
exit status 0
  max search depth too small
  errors: 0
exit status 0
  Non-terminating state (possibly deadlock)" ] || { echo "This has changed." >&2; exit 1; }
