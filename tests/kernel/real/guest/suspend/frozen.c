// SPDX-License-Identifier: GPL-2.0-only
/*
 * Wakes a guest that was suspended, and ends one whose processes are frozen for good. They cannot say
 * so: a thread of the kernel, which nobody freezes, waits longer than any case watches.
 *
 * Who reads /proc/frozen waits for the first call of the notifier; what is written to it stands in the
 * log. So a process that has opened it early needs no memory to know when its time has come.
 */
#define pr_fmt(fmt) "check: " fmt

#include <linux/completion.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/oom.h>
#include <linux/proc_fs.h>
#include <linux/reboot.h>
#include <linux/sched.h>
#include <linux/suspend.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>

#define WAKE_S 90	/* after the first call; our choice, beyond every watch_s */
#define END_S 20	/* after that */

static DECLARE_COMPLETION(first_call);
static atomic_t calls;

static s64 now(void)
{
	return ktime_to_ms(ktime_get_boottime());
}

static int notify(struct notifier_block *self, unsigned long unused, void *freed)
{
	atomic_inc(&calls);
	complete_all(&first_call);
	return NOTIFY_OK;
}

static struct notifier_block notifier = { .notifier_call = notify, .priority = 1 };

static int last_thread(void *unused)
{
	wait_for_completion(&first_call);
	schedule_timeout_idle(WAKE_S * HZ);
	pm_system_wakeup();
	schedule_timeout_idle(END_S * HZ);
	pr_info("{\"ms\":%lld,\"task\":\"%s\",\"event\":\"frozen\",\"calls\":%d}\n",
		now(), current->comm, atomic_read(&calls));
	schedule_timeout_idle(HZ);	/* the console has to come to its end first */
	emergency_restart();
	return 0;
}

static ssize_t first_read(struct file *file, char __user *to, size_t size, loff_t *at)
{
	return wait_for_completion_interruptible(&first_call);
}

static ssize_t line_write(struct file *file, const char __user *from, size_t size, loff_t *at)
{
	char text[80];
	size_t length = min(size, sizeof(text) - 1);

	if (copy_from_user(text, from, length))
		return -EFAULT;
	text[length] = '\0';
	pr_info("{\"ms\":%lld,%s}\n", now(), text);
	return size;
}

static const struct proc_ops first = {
	.proc_read = first_read, .proc_write = line_write, .proc_lseek = default_llseek,
};

static int __init frozen_init(void)
{
	int error = register_oom_notifier(&notifier);

	if (!error && !proc_create("frozen", 0600, NULL, &first))
		error = -ENOMEM;
	return error ?: PTR_ERR_OR_ZERO(kthread_run(last_thread, NULL, "check_last"));
}

module_init(frozen_init);
MODULE_LICENSE("GPL");	/* version 2 only, as the first line says */
MODULE_DESCRIPTION("wakes a suspended guest, ends a frozen one");
