// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ahead of init: loads the kernel's own balloon driver, and waits until it has taken BALLOON_PAGES
 * pages, as the host has asked it to before the machine ran.
 */
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "../ahead.h"

/* Pages of 4 KiB that have gone into the balloon. */
static long inflated(void)
{
	static char text[16384];	/* the whole of /proc/vmstat */
	const char *found;
	int file = open("/early/vmstat", O_RDONLY);
	ssize_t length = 0, more;

	while (file >= 0 && length < (ssize_t)sizeof(text) - 1 &&
	       (more = read(file, text + length, sizeof(text) - 1 - length)) > 0)
		length += more;
	text[length] = '\0';
	close(file);
	found = strstr(text, "balloon_inflate ");
	if (!found)
		give_up("balloon_inflate");
	return atol(found + strlen("balloon_inflate "));
}

int main(int count, char **arguments)
{
	long pages = setting("balloon_pages");

	(void)count;
	mkdir("/early", 0755);
	if (mount("proc", "/early", "proc", 0, NULL))
		give_up("mount");
	load_modules();
	while (inflated() < pages)
		usleep(100000);
	dprintf(1, "check: {\"event\":\"inflated\",\"value\":%ld}\n", inflated());
	umount("/early");
	become_init(arguments);
}
