/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the programs share that some cases put ahead of init: the first process runs one of them, which
 * gets ready what the case needs and then becomes init. Their settings come in the environment.
 */
#ifndef AHEAD_H
#define AHEAD_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/reboot.h>
#include <sys/syscall.h>
#include <unistd.h>

/* As init does it, but before there is a module to write through: such a line has no time. */
static void give_up(const char *what)
{
	dprintf(1, "check: {\"event\":\"failed\",\"what\":\"%s\",\"error\":%d}\n", what, errno);
	sleep(1);		/* the console has to come to its end first */
	reboot(RB_AUTOBOOT);
	_exit(1);
}

static int setting(const char *name)
{
	const char *value = getenv(name);

	if (!value) {
		errno = EINVAL;
		give_up(name);
	}
	return atoi(value);
}

/* /modules/0.ko, /modules/1.ko and so on: each needs none but those before it. */
static void load_modules(void)
{
	for (int number = 0;; number++) {
		char path[32];
		int file;

		snprintf(path, sizeof(path), "/modules/%d.ko", number);
		file = open(path, O_RDONLY | O_CLOEXEC);
		if (file < 0)
			return;
		if (syscall(SYS_finit_module, file, "", 0))
			give_up(path);
		close(file);
	}
}

static void become_init(char **arguments)
{
	execv("/core", arguments);
	give_up("core");
}

#endif
