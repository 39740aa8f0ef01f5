#!/usr/bin/env bash
# A guest waits five seconds, three times each: with poll(), then in recv() on a socket with SO_RCVTIMEO.
#
# Package: qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3, qemu-system-common 1:7.2+dfsg-7+deb12u18+b3, qemu-system-data 1:7.2+dfsg-7+deb12u18, seabios 1.16.2-1, linux-image-6.1.0-56-cloud-amd64 6.1.192-2 (Debian; libraries in the versions of that day; gcc)
# Expected: Five seconds each time, and at most a tick or two more (of 4 ms here).
# Really: poll() is exact. The socket's limit stands on the kernel's timer wheel, whose slots are 64 ticks wide for a wait so long: it ends up to a quarter of a second late, and of waits in a row each but the first takes 5.12 s.
# Seen: 2026-11-29
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
fetch install linux-image-6.1.0-56-cloud-amd64=6.1.192-2
for package in debs/*.deb; do dpkg -x "$package" .; done

cat > init.c <<'END'
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec + t.tv_nsec / 1e9;
}

int main(void)
{
	struct timeval limit = { .tv_sec = 5 };
	int ends[2];
	char byte;

	setvbuf(stdout, NULL, _IONBF, 0);
	socketpair(AF_UNIX, SOCK_STREAM, 0, ends);
	setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	for (int number = 0; number < 6; number++) {
		double begun = now();

		if (number < 3)
			poll(NULL, 0, 5000);
		else
			recv(ends[0], &byte, 1, 0);
		printf("%s %.4f\n", number < 3 ? "poll" : "socket", now() - begun);
	}
	puts("end");
	for (;;)
		pause();
}
END
gcc -O2 -static -o init init.c

cat > ask.py <<'END'
import os
import stat
import subprocess
import sys
import time


def entry(name, mode, data=b"", device=(0, 0)):
    """One file of a memory disk, in cpio's form "newc"."""
    named = name.encode() + b"\0"
    fields = [0, mode, 0, 0, 1, 0, len(data), 0, 0, *device, len(named), 0]
    parts = b"070701" + b"".join(b"%08X" % field for field in fields) + named, data
    return b"".join(part + b"\0" * (-len(part) % 4) for part in parts)


with open("init", "rb") as init, open("disk", "wb") as disk:
    disk.write(entry("dev", stat.S_IFDIR | 0o755))
    disk.write(entry("dev/console", stat.S_IFCHR | 0o600, device=(5, 1)))
    disk.write(entry("init", stat.S_IFREG | 0o755, init.read()) + entry("TRAILER!!!", 0))


def printed(word, seconds):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if os.path.exists("console") and word in open("console").read().split():
            return True
        time.sleep(0.2)
    return False


libraries = {"LD_LIBRARY_PATH": "usr/lib/x86_64-linux-gnu:lib/x86_64-linux-gnu"}
command = "usr/bin/qemu-system-x86_64 -L usr/share/qemu -L usr/share/seabios -accel tcg -m 256"
command += " -nodefaults -display none -kernel boot/vmlinuz-6.1.0-56-cloud-amd64 -initrd disk"
words = ["-append", "console=ttyS0 quiet rdinit=/init", "-serial", "file:console"]
machine = subprocess.Popen([*command.split(), *words], env=os.environ | libraries)
try:
    if not printed("end", 240):
        sys.exit("the guest did not come to its end")
finally:
    machine.kill()
    machine.wait()
waits = {"poll": [], "socket": []}
for line in open("console"):
    name, _, seconds = line.strip().partition(" ")
    if name in waits:
        waits[name].append(float(seconds))
for name, found in waits.items():
    print(f"{name}: {', '.join(f'{seconds:.2f}' for seconds in found)} s")
exact = all(5 <= seconds < 5.02 for seconds in waits["poll"])
first, *others = waits["socket"]
late = 5 <= first < 5.28 and all(abs(seconds - 5.12) < 0.02 for seconds in others)
sys.exit(not (exact and late))
END

python3 ask.py || { echo "This has changed." >&2; exit 1; }
