#!/usr/bin/env bash
# A guest sets the alarm of its clock and sleeps: suspend to RAM, then suspend-to-idle.
#
# Package: qemu-system-x86 1:7.2+dfsg-7+deb12u18+b3, qemu-system-common 1:7.2+dfsg-7+deb12u18+b3, qemu-system-data 1:7.2+dfsg-7+deb12u18, seabios 1.16.2-1, linux-image-6.1.0-56-cloud-amd64 6.1.192-2 (Debian; libraries in the versions of that day; gcc)
# Expected: The alarm ends both sleeps after five seconds; if only one, then suspend-to-idle, which stops no device of the machine.
# Really: The alarm ends suspend to RAM. Suspend-to-idle goes on for ever: Linux leaves the waking to ACPI's own event of the clock, which QEMU raises only for a machine that it has put into S3.
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
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

static int put(const char *path, const char *text)
{
	return write(open(path, O_WRONLY), text, strlen(text)) < 0;
}

int main(int count, char **words)
{
	setvbuf(stdout, NULL, _IONBF, 0);
	mkdir("/sys", 0755);
	mount("sysfs", "/sys", "sysfs", 0, NULL);
	if (put("/sys/class/rtc/rtc0/wakealarm", "+5"))
		puts("no alarm");
	puts("asleep");
	puts(put("/sys/power/state", words[count - 1]) ? "refused" : "awake");
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
for state in "mem", "freeze":
    command = "usr/bin/qemu-system-x86_64 -L usr/share/qemu -L usr/share/seabios -accel tcg -m 256"
    command += " -nodefaults -display none -kernel boot/vmlinuz-6.1.0-56-cloud-amd64 -initrd disk"
    words = ["-append", f"console=ttyS0 quiet no_console_suspend rdinit=/init -- {state}"]
    machine = subprocess.Popen(
        [*command.split(), *words, "-serial", "file:console"], env=os.environ | libraries
    )
    try:
        if not printed("asleep", 120):
            sys.exit("the guest did not come up")
        print(f"{state}: {'awake' if printed('awake', 45) else 'asleep 45 s later'}")
    finally:
        machine.kill()
        machine.wait()
    os.remove("console")
END

seen=$(python3 ask.py)
printf '%s\n' "$seen"
[ "$seen" = "mem: awake
freeze: asleep 45 s later" ] || { echo "This has changed." >&2; exit 1; }
