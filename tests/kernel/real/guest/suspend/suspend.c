// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ahead of init: leaves a process behind that asks for suspend-to-idle SUSPEND_S seconds after the
 * first call of the notifier, and says what the kernel answered. Once the load is on it allocates
 * nothing. The module frozen.ko wakes the machine in the end.
 *
 * A suspend goes to a virtual console of its own, which the first one allocates with the lock held that
 * every printing needs: on 6.1 the log then stops until there is memory. So it is made beforehand here,
 * as on a machine that has been suspended before.
 */
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "../ahead.h"

static int open_early(const char *path, int mode)
{
	int file = open(path, mode);

	if (file < 0)
		give_up(path);
	return file;
}

static void put(int file, const char *text)
{
	if (write(file, text, strlen(text)) < 0)
		give_up(text);
}

static void ask_later(int seconds)
{
	char text[80];
	int frozen = open_early("/early/frozen", O_RDWR);
	int state = open_early("/early_sys/power/state", O_WRONLY);
	int error = 0;

	prctl(PR_SET_NAME, "suspend");
	put(open_early("/early/self/oom_score_adj", O_WRONLY), "-1000");
	mlockall(MCL_CURRENT | MCL_FUTURE);
	(void)!read(frozen, text, 1);	/* ends with the first call */
	sleep(seconds);
	put(frozen, "\"task\":\"suspend\",\"event\":\"suspend\"");
	if (write(state, "freeze", 6) < 0)
		error = errno;
	snprintf(text, sizeof(text),
		 "\"task\":\"suspend\",\"event\":\"suspend-done\",\"error\":%d", error);
	put(frozen, text);
	for (;;)
		pause();
}

int main(int count, char **arguments)
{
	int seconds = setting("suspend_s");

	(void)count;
	mkdir("/early", 0755);
	mkdir("/early_sys", 0755);
	if (mount("proc", "/early", "proc", 0, NULL) ||
	    mount("sysfs", "/early_sys", "sysfs", 0, NULL))
		give_up("mount");
	if (mknod("/dev/tty63", S_IFCHR | 0600, makedev(4, 63)))
		give_up("tty63");
	open_early("/dev/tty63", O_RDWR | O_NOCTTY);
	load_modules();
	if (!fork())
		ask_later(seconds);
	become_init(arguments);
}
