// SPDX-License-Identifier: GPL-2.0-only
/*
 * An OOM notifier that does what a case of the check says, and the tasks around it.
 *
 *   X  "check_x"  asks for one page after the other until it has been served ROUNDS times:
 *                 a round begins when the notifier is called, and ends when X has served_pages more.
 *   Y  "check_y"  (holder=third only) does the asking that runs out of memory, X begins with the
 *                 first call of the notifier: X polls for the lock that Y holds.
 *   A  "check_a"  (holder set) holds the mutex M and waits until X is done.
 *   N  "check_n"  (offload only) runs the callback for whoever called the notifier.
 *   R  "check_r"  (giveback_ms set) gives its reserve back that long after the first call.
 *
 * Each line of the log that begins with "check: " is a JSON object. Nothing here allocates after the
 * start but X, Y and the callback that was told to.
 */
#define pr_fmt(fmt) "check: " fmt

#include <linux/completion.h>
#include <linux/gfp.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/wait.h>

#define TOLD 12		/* calls of the notifier that are told one by one */

static char *callback = "none";
module_param(callback, charp, 0);
MODULE_PARM_DESC(callback, "none, sleep, lock, trylock, alloc or never");
static char *holder = "none";
module_param(holder, charp, 0);
MODULE_PARM_DESC(holder, "who M's holder waits for: none, invoker or third");
static char *mask = "kernel";
module_param(mask, charp, 0);
MODULE_PARM_DESC(mask, "kernel, nofs, nowait, atomic, noretry or mayfail");
static unsigned int pages = 1;
module_param(pages, uint, 0);
static unsigned int sleep_ms;
module_param(sleep_ms, uint, 0);
static unsigned int rounds = 1;
module_param(rounds, uint, 0);
static unsigned int served_pages = 16;	/* our choice */
module_param(served_pages, uint, 0);
static unsigned int giveback_ms;
module_param(giveback_ms, uint, 0);
static unsigned int reserve_pages = 8192;
module_param(reserve_pages, uint, 0);
static unsigned int offload_ms;
module_param(offload_ms, uint, 0);
static bool idle;
module_param(idle, bool, 0);
MODULE_PARM_DESC(idle, "no X: only the notifier, others bring the load");

static const struct { const char *name; gfp_t mask; } masks[] = {
	{ "kernel", GFP_KERNEL },
	{ "nofs", GFP_NOFS },
	{ "nowait", GFP_NOWAIT },
	{ "atomic", GFP_ATOMIC },
	{ "noretry", GFP_KERNEL | __GFP_NORETRY },
	{ "mayfail", GFP_KERNEL | __GFP_RETRY_MAYFAIL },
};
static gfp_t callback_mask;

static DEFINE_MUTEX(M);
static DECLARE_COMPLETION(m_held);
static DECLARE_COMPLETION(first_call);
static DECLARE_COMPLETION(x_done);
static DECLARE_COMPLETION(nobody);	/* never completed */

static DECLARE_WAIT_QUEUE_HEAD(asked);
static DECLARE_WAIT_QUEUE_HEAD(answered);
static bool requested;
static unsigned long offload_freed;

static LIST_HEAD(reserve);
static LIST_HEAD(x_pages);
static LIST_HEAD(y_pages);
static atomic_t calls;			/* of the notifier */
static atomic64_t call_began;		/* ms, the call that opened the round */
static atomic_t round_open;
static unsigned int served_rounds;
static unsigned long x_given;

static s64 now(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

static unsigned long free_pages_now(void)
{
	struct sysinfo info;

	si_meminfo(&info);
	return info.freeram;
}

static void tell(const char *event, const char *lock, long value)
{
	pr_info("{\"ms\":%lld,\"task\":\"%s\",\"event\":\"%s\",\"lock\":\"%s\",\"value\":%ld}\n",
		now(), current->comm, event, lock, value);
}

static void give_back(struct list_head *list)
{
	struct page *page, *next;

	list_for_each_entry_safe(page, next, list, lru) {
		list_del(&page->lru);
		__free_page(page);
	}
}

static bool take_page(struct list_head *list, gfp_t gfp)
{
	struct page *page = alloc_page(gfp);

	if (page)
		list_add(&page->lru, list);
	return page;
}

/* What the case says. Number of pages that the callback was given itself: it frees none. */
static void run_callback(bool told)
{
	LIST_HEAD(mine);
	unsigned int got = 0;

	if (!strcmp(callback, "sleep")) {
		schedule_timeout_uninterruptible(msecs_to_jiffies(sleep_ms));
	} else if (!strcmp(callback, "lock")) {
		mutex_lock(&M);
		mutex_unlock(&M);
	} else if (!strcmp(callback, "trylock")) {
		if (mutex_trylock(&M))
			mutex_unlock(&M);
		else if (told)
			tell("gave-up", "M", 0);
	} else if (!strcmp(callback, "alloc")) {
		s64 began = now();

		while (got < pages && take_page(&mine, callback_mask))
			got++;
		if (told) {
			tell("callback-pages", "", got);
			tell("callback-ms", "", now() - began);
		}
		give_back(&mine);
	} else if (!strcmp(callback, "never")) {
		wait_for_completion(&nobody);
	}
}

static int notify(struct notifier_block *self, unsigned long unused, void *freed)
{
	int call = atomic_inc_return(&calls);
	bool told = call <= TOLD;

	if (!atomic_xchg(&round_open, 1))
		atomic64_set(&call_began, now());
	if (told)
		tell("callback-begins", "oom_lock", free_pages_now());
	complete_all(&first_call);
	if (offload_ms) {
		long left;

		WRITE_ONCE(requested, true);
		wake_up(&asked);
		left = wait_event_timeout(answered, !READ_ONCE(requested),
					  msecs_to_jiffies(offload_ms));
		if (told && !left)
			tell("gave-up", "N", 0);
		*(unsigned long *)freed += xchg(&offload_freed, 0);
	} else {
		run_callback(told);
	}
	if (told)
		tell("callback-ends", "oom_lock", free_pages_now());
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = notify };

static int offload_thread(void *unused)
{
	for (;;) {
		wait_event_idle(asked, READ_ONCE(requested));
		run_callback(true);
		WRITE_ONCE(requested, false);
		wake_up(&answered);
	}
	return 0;
}

static int holder_thread(void *unused)
{
	mutex_lock(&M);
	tell("has", "M", 0);
	complete(&m_held);
	wait_for_completion(&x_done);
	tell("lets-go", "M", 0);
	mutex_unlock(&M);
	return 0;
}

static int reserve_thread(void *unused)
{
	wait_for_completion(&first_call);
	schedule_timeout_idle(msecs_to_jiffies(giveback_ms));
	give_back(&reserve);
	tell("gave-back", "", reserve_pages);
	return 0;
}

/* Until the other one is done: its own pages do not matter, it is there to run out of memory. */
static int asker_thread(void *unused)
{
	while (!completion_done(&x_done))
		if (take_page(&y_pages, GFP_KERNEL))
			cond_resched();
	give_back(&y_pages);
	return 0;
}

static int served_thread(void *unused)
{
	if (!strcmp(holder, "third"))
		wait_for_completion(&first_call);
	else
		tell("asks", "", free_pages_now());
	for (served_rounds = 0; served_rounds < rounds;) {
		unsigned int given = 0;

		while (given < served_pages) {
			if (!take_page(&x_pages, GFP_KERNEL))
				continue;
			cond_resched();
			x_given++;
			if (atomic_read(&round_open))
				given++;
		}
		tell("served", "", now() - atomic64_read(&call_began));
		tell("calls", "", atomic_read(&calls));
		served_rounds++;
		atomic_set(&round_open, 0);
	}
	complete_all(&x_done);
	give_back(&x_pages);
	tell("done", "", free_pages_now());
	return 0;
}

/* Init reads "CALLS ROUNDS DONE" and writes what it has to say, which then stands in the same log. */
static ssize_t status_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	char text[64];
	int length = scnprintf(text, sizeof(text), "%d %u %d\n", atomic_read(&calls),
			       served_rounds, completion_done(&x_done));

	return simple_read_from_buffer(to, size, at, text, length);
}

static ssize_t status_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char text[200];
	size_t length = min(size, sizeof(text) - 1);

	if (copy_from_user(text, from, length))
		return -EFAULT;
	text[length] = '\0';
	pr_info("{\"ms\":%lld,%s}\n", now(), strim(text));
	return size;
}

static const struct proc_ops status = {
	.proc_read = status_read, .proc_write = status_write, .proc_lseek = default_llseek,
};

static int start(int (*body)(void *), const char *name)
{
	struct task_struct *task = kthread_run(body, NULL, "%s", name);

	return PTR_ERR_OR_ZERO(task);
}

static int __init check_init(void)
{
	unsigned int i;
	int error = 0;

	for (i = 0; i < ARRAY_SIZE(masks); i++)
		if (!strcmp(mask, masks[i].name))
			callback_mask = masks[i].mask;
	if (!callback_mask)
		return -EINVAL;
	if (!proc_create("oomcheck", 0600, NULL, &status))
		return -ENOMEM;
	for (i = 0; giveback_ms && i < reserve_pages; i++)
		if (!take_page(&reserve, GFP_KERNEL))
			return -ENOMEM;
	error = register_oom_notifier(&notifier);
	if (!error && offload_ms)
		error = start(offload_thread, "check_n");
	if (!error && strcmp(holder, "none")) {
		error = start(holder_thread, "check_a");
		if (!error)
			wait_for_completion(&m_held);
	}
	if (!error && giveback_ms)
		error = start(reserve_thread, "check_r");
	if (!error && !idle && !strcmp(holder, "third"))
		error = start(asker_thread, "check_y");
	if (!error && !idle)
		error = start(served_thread, "check_x");
	return error;	/* the machine is thrown away after a failure: nothing is undone */
}

module_init(check_init);
MODULE_LICENSE("GPL");	/* version 2 only, as the first line says */
MODULE_DESCRIPTION("what a kernel does while an OOM notifier waits, sleeps or allocates");
