// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only program of the guest: makes victims, loads the module, watches, and turns the guest off.
 *
 * Its arguments come from the kernel's command line behind "--": KEY=VALUE. Those of the list in
 * `settings` are its own, the rest are the module's. Once the load is on it allocates nothing: memory
 * is locked, and every file that it reads or writes later is open by then.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct { const char *name; int value; } settings[] = {
	{ "victims", 3 },	  /* idle processes */
	{ "victim_mb", 64 },	  /* the size of each */
	{ "watch_s", 30 },	  /* after the first call of the notifier */
	{ "begin_s", 60 },	  /* until that call */
	{ "hung_s", 10 },	  /* period and limit of the hung-task detector */
	{ "kill_asking", 0 },	  /* vm.oom_kill_allocating_task */
	{ "sysrq_s", 0 },	  /* SysRq-f that long after the first call */
	{ "memcg_s", 0 },	  /* a memory cgroup at its limit that long after the first call */
	{ "fault_s", 0 },	  /* a process touches 16 MB that long after the first call */
	{ "min_ttl_ms", 0 },	  /* /sys/kernel/mm/lru_gen/min_ttl_ms */
	{ "hog", 0 },		  /* a process that takes memory without end */
	{ "balloon", 0 },	  /* the stock driver instead of the module's callback */
};

static int say_to = -1;		/* /proc/oomcheck, once it is there */

static int get(const char *name)
{
	for (size_t i = 0; i < sizeof(settings) / sizeof(*settings); i++)
		if (!strcmp(settings[i].name, name))
			return settings[i].value;
	abort();
}

/* One line of the log. Before the module is there it has no time of the guest. */
static void say(const char *form, ...)
{
	char text[200];
	va_list given;

	va_start(given, form);
	vsnprintf(text, sizeof(text), form, given);
	va_end(given);
	if (say_to < 0)
		say_to = open("/proc/oomcheck", O_RDWR);
	if (say_to >= 0)
		(void)!write(say_to, text, strlen(text));
	else
		dprintf(1, "check: {%s}\n", text);
}

static void power_off(void)
{
	int trigger = open("/proc/sysrq-trigger", O_WRONLY);

	sleep(1);		/* the console has to come to its end first */
	if (trigger < 0 || write(trigger, "b", 1) != 1)
		reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void fail(const char *what)
{
	say("\"event\":\"failed\",\"what\":\"%s\",\"error\":%d", what, errno);
	power_off();
}

static void set(const char *path, const char *form, ...)
{
	char text[32];
	va_list given;
	int file = open(path, O_WRONLY);

	va_start(given, form);
	vsnprintf(text, sizeof(text), form, given);
	va_end(given);
	if (file < 0 || write(file, text, strlen(text)) < 0)
		fail(path);
	close(file);
}

static void fill(int megabytes)
{
	size_t size = (size_t)megabytes << 20;
	char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory == MAP_FAILED)
		fail("victim");
}

static pid_t child(const char *name, void (*body)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		fail("fork");
	if (!pid) {
		prctl(PR_SET_NAME, name);
		munlockall();
		set("/proc/self/oom_score_adj", "0");
		body();
		_exit(0);
	}
	return pid;
}

static void be_victim(void)
{
	fill(get("victim_mb"));
	for (;;)
		pause();
}

static void be_hog(void)
{
	sleep(2);
	for (;;) {
		char *memory = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		for (int i = 0; memory != MAP_FAILED && i < 1 << 20; i += 4096)
			memory[i] = 1;
	}
}

/* Waits inside write() until the kernel has killed somebody of the group for the new limit. */
static void be_memcg(void)
{
	int limit = open("/cg/small/memory.max", O_WRONLY);

	for (;;) {
		pause();	/* for the signal */
		(void)!write(limit, "1M", 2);
		say("\"task\":\"memcg\",\"event\":\"memcg-done\"");
	}
}

/* Page faults that find no memory. */
static void be_fault(void)
{
	pause();		/* for the signal */
	fill(16);
	say("\"task\":\"fault\",\"event\":\"fault-done\"");
}

static void nothing(int number)
{
	(void)number;
}

static void load_module(char *arguments)
{
	int file = open("/oomcheck.ko", O_RDONLY | O_CLOEXEC);

	if (file < 0 || syscall(SYS_finit_module, file, arguments, 0))
		fail("module");
	close(file);
	say("\"event\":\"ready\"");
	if (say_to < 0)
		fail("/proc/oomcheck");
}

static void prepare(void)
{
	mkdir("/proc", 0755);
	mkdir("/sys", 0755);
	mkdir("/cg", 0755);
	if (mount("proc", "/proc", "proc", 0, NULL) || mount("sysfs", "/sys", "sysfs", 0, NULL))
		fail("mount");
	set("/sys/devices/system/cpu/cpu1/online", "1");	/* see COMMAND_LINE of guest.py */
	set("/proc/sys/kernel/hung_task_timeout_secs", "%d", get("hung_s"));
	set("/proc/sys/kernel/hung_task_warnings", "-1");
	set("/proc/sys/kernel/sysrq", "1");
	set("/proc/sys/vm/oom_kill_allocating_task", "%d", get("kill_asking"));
	set("/proc/self/oom_score_adj", "-1000");
	if (get("min_ttl_ms")) {
		set("/sys/kernel/mm/lru_gen/enabled", "y");
		set("/sys/kernel/mm/lru_gen/min_ttl_ms", "%d", get("min_ttl_ms"));
	}
	mlockall(MCL_CURRENT | MCL_FUTURE);
}

static pid_t memcg_tasks(void)
{
	char text[32];
	pid_t inside, writer;

	if (mount("cgroup2", "/cg", "cgroup2", 0, NULL) || mkdir("/cg/small", 0755))
		fail("cgroup2");
	set("/cg/cgroup.subtree_control", "+memory");
	inside = child("in_group", be_victim);
	snprintf(text, sizeof(text), "%d", inside);
	set("/cg/small/cgroup.procs", "%s", text);
	writer = child("memcg", be_memcg);
	return writer;
}

/* The averages over 10 s as they are printed, and the totals in microseconds. */
static void pressure(int file, int second)
{
	char text[256];
	double some, full;
	long long some_us, full_us;
	ssize_t length = pread(file, text, sizeof(text) - 1, 0);

	if (length <= 0)
		return;
	text[length] = '\0';
	if (sscanf(text, "some avg10=%lf avg60=%*f avg300=%*f total=%lld "
			 "full avg10=%lf avg60=%*f avg300=%*f total=%lld",
		   &some, &some_us, &full, &full_us) == 4)
		say("\"event\":\"pressure\",\"second\":%d,\"some\":%g,\"full\":%g,"
		    "\"some_us\":%lld,\"full_us\":%lld", second, some, full, some_us, full_us);
}

int main(int count, char **arguments)
{
	char module[512] = "";
	int calls = 0, served = 0, done = 0, began = -1, second, psi, trigger;
	pid_t memcg = 0, fault = 0;

	for (int i = 1; i < count; i++) {
		char *value = strchr(arguments[i], '=');
		bool own = false;

		for (size_t s = 0; value && s < sizeof(settings) / sizeof(*settings); s++)
			if (strlen(settings[s].name) == (size_t)(value - arguments[i]) &&
			    !strncmp(settings[s].name, arguments[i], value - arguments[i])) {
				settings[s].value = atoi(value + 1);
				own = true;
			}
		if (!own) {
			strncat(module, arguments[i], sizeof(module) - strlen(module) - 2);
			strcat(module, " ");
		}
	}
	signal(SIGUSR1, nothing);
	prepare();
	psi = open("/proc/pressure/memory", O_RDONLY);
	trigger = open("/proc/sysrq-trigger", O_WRONLY);
	for (int i = 0; i < get("victims"); i++)
		child("victim", be_victim);
	if (get("memcg_s"))
		memcg = memcg_tasks();
	if (get("fault_s"))
		fault = child("fault", be_fault);
	if (get("hog"))
		child("hog", be_hog);
	sleep(2);		/* the victims fill their memory */
	load_module(module);
	for (second = 0;; second++) {
		char text[64] = "";

		if (pread(say_to, text, sizeof(text) - 1, 0) > 0)
			sscanf(text, "%d %d %d", &calls, &served, &done);
		if (calls && began < 0)
			began = second;
		pressure(psi, began < 0 ? 0 : second - began);
		if (began >= 0 && get("sysrq_s") && second - began == get("sysrq_s")) {
			say("\"task\":\"init\",\"event\":\"sysrq-f\"");
			(void)!write(trigger, "f", 1);
		}
		if (began >= 0 && memcg && second - began == get("memcg_s")) {
			say("\"task\":\"init\",\"event\":\"memcg\"");
			kill(memcg, SIGUSR1);
		}
		if (began >= 0 && fault && second - began == get("fault_s")) {
			say("\"task\":\"init\",\"event\":\"fault\"");
			kill(fault, SIGUSR1);
		}
		if (done || (began < 0 && second >= get("begin_s")) ||
		    (began >= 0 && second - began >= get("watch_s")))
			break;
		sleep(1);
	}
	say("\"event\":\"end\",\"calls\":%d,\"served\":%d,\"done\":%d", calls, served, done);
	power_off();
}
