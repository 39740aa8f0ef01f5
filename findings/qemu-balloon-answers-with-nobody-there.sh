#!/usr/bin/env bash
# A machine without any operating system is asked to give memory back.
#
# Package: qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3, qemu-system-common 1:7.2+dfsg-7+deb12u18+b3, qemu-system-data 1:7.2+dfsg-7+deb12u18, seabios 1.16.2-1 (Debian; libraries in the versions of that day)
# Expected: `balloon` fails, or says that no driver listens; or its success means that the balloon moved; a statistic that nobody has sent is missing.
# Really: It succeeds at once, for any size down to one byte and above the machine's memory too, and nothing moves: success means "noted". (The number is what the guest may keep, not what the balloon takes.) Statistics that no driver has sent read 18446744073709551615, so free memory looks boundless.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
cd "$box"
mkdir debs
fetch() {
	apt-get >> log -qq -y -o Debug::NoLocking=1 -o APT::Sandbox::User=root \
		-o Dir::Cache::archives="$box/debs" --no-install-recommends --download-only --reinstall "$@"
}
# By name, as apt leaves out of a package's needs what the machine has already.
fetch install qemu-system-x86=1:7.2+dfsg-7+deb12u18+b3
fetch install qemu-system-common=1:7.2+dfsg-7+deb12u18+b3
fetch install qemu-system-data=1:7.2+dfsg-7+deb12u18
fetch install seabios=1.16.2-1
for package in debs/*.deb; do dpkg -x "$package" .; done

cat > ask.py <<'END'
import json
import os
import subprocess

command = "usr/bin/qemu-system-x86_64 -L usr/share/qemu -L usr/share/seabios -accel tcg -S -m 512"
command += " -nodefaults -display none -device virtio-balloon-pci,id=balloon0 -qmp stdio"
libraries = {"LD_LIBRARY_PATH": "usr/lib/x86_64-linux-gnu:lib/x86_64-linux-gnu"}
machine = subprocess.Popen(
    command.split(),
    env=os.environ | libraries,
    stdin=subprocess.PIPE,
    stdout=subprocess.PIPE,
    text=True,
)


def ask(command, **arguments):
    machine.stdin.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
    machine.stdin.flush()
    for line in machine.stdout:
        answer = json.loads(line)
        if answer.keys() & {"return", "error"}:
            return answer.get("return", "refused")


ask("qmp_capabilities")
for size in (64 << 20, 4 << 30, 1):
    answer = ask("balloon", value=size)
    print(f"keep {size} bytes: {answer}, now {ask('query-balloon')['actual']}")
found = ask("qom-get", path="/machine/peripheral/balloon0", property="guest-stats")
print("free memory:", found["stats"]["stat-free-memory"])
ask("quit")
machine.wait()
END

seen=$(python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "keep 67108864 bytes: {}, now 536870912
keep 4294967296 bytes: {}, now 536870912
keep 1 bytes: {}, now 536870912
free memory: 18446744073709551615" ] || { echo "This has changed." >&2; exit 1; }
