"""The five drivers of the book's chain, in short, as texts for the bench (all of Linux 4.13)."""

from __future__ import annotations

from oomlab.workbench.starter import Starter

BALLOON = Starter(
    "virtio_balloon",
    "virtio_balloon",
    "A mutex around an allocation, and a host that answers.",
    """\
balloon_lock = mutex()
balloon = lent_pages(1)
virtqueue = word(0)
acked = queue()

def callback(freed):
    yield mutex_lock(balloon_lock)
    yield from tell_host()
    given = yield from give_back(balloon)
    yield mutex_unlock(balloon_lock)
    yield from add_freed(freed, given)

def tell_host():
    yield write(virtqueue, 1)
    yield from wait_event(acked, virtqueue, 2)
    yield write(virtqueue, 0)

def device():
    while True:
        yield wait_for(virtqueue, 1)
        yield io(100, 100)
        yield write(virtqueue, 2)
        yield wake(acked)
""",
    """\
def holder():
    yield mutex_lock(balloon_lock)
    got = yield from alloc_page(GFP_HIGHUSER_MOVABLE | __GFP_NORETRY | __GFP_NOWARN)
    if got:
        yield from lend_page(balloon)
        yield from tell_host()
    yield mutex_unlock(balloon_lock)
""",
)

PSERIES = Starter(
    "pseries_cmm",
    "pseries cmm",
    "A spinlock, no sleep, and one routine that allocates under it.",
    """\
cmm_lock = mutex()
loan = lent_pages(1)

def callback(freed):
    yield spin_lock(cmm_lock)
    given = yield from give_back(loan)
    yield spin_unlock(cmm_lock)
    yield from add_freed(freed, given)
""",
    """\
def holder():
    yield spin_lock(cmm_lock)
    got = yield from alloc_page(GFP_NOIO | __GFP_NOWARN | __GFP_NORETRY | __GFP_NOMEMALLOC)
    if got:
        yield from free_page()
    yield spin_unlock(cmm_lock)
""",
)

S390 = Starter(
    "s390_cmm",
    "s390 cmm",
    "A spinlock that is never held across anything: the taker asks for its page outside.",
    """\
cmm_lock = mutex()
pages = lent_pages(1)
target = word(1)

def callback(freed):
    given = yield from cmm_free_pages()
    yield write(target, 0)
    yield from add_freed(freed, given)

def cmm_free_pages():
    yield spin_lock(cmm_lock)
    given = yield from give_back(pages)
    yield spin_unlock(cmm_lock)
    return given
""",
    """\
def holder():
    wanted = yield read(target)
    if not wanted:
        return
    got = yield from alloc_page(GFP_NOIO)
    if got:
        yield spin_lock(cmm_lock)
        yield from lend_page(pages)
        yield spin_unlock(cmm_lock)
""",
)

RCU = Starter(
    "rcu",
    "RCU",
    "No lock and no memory, but a wait for the round before, which has no limit.",
    """\
oom_callback_count = word(0)
oom_callback_wq = queue()
posted = word(0)

def callback(freed):
    yield from wait_event(oom_callback_wq, oom_callback_count, 0)
    yield write(oom_callback_count, 1)
    yield add(oom_callback_count, 1)
    yield write(posted, 1)
    yield add(oom_callback_count, -1)

def device():
    "A grace period, and the softirq that runs the callback after it."
    while True:
        yield wait_for(posted, 1)
        yield io(10000, 10000)
        yield write(posted, 0)
        left = yield add(oom_callback_count, -1)
        if left == 0:
            yield wake(oom_callback_wq)
""",
)

I915 = Starter(
    "i915",
    "i915",
    "It gives up on its lock after a while, and then asks for memory twice, the second time in "
    "earnest.",
    """\
struct_mutex = mutex()
objects = lent_pages(1)

def callback(freed):
    tries = 0
    got = 0
    while not got:
        if tries == 2:
            yield log("Unable to lock GPU to purge memory.")
            return
        got = yield mutex_trylock(struct_mutex)
        if not got:
            yield sleep(1)
            tries += 1
    yield from unbind()
    given = yield from give_back(objects)
    yield mutex_unlock(struct_mutex)
    yield from add_freed(freed, given)

def unbind():
    "An array for the fences of the object."
    array = yield from kmalloc(GFP_NOWAIT | __GFP_NOWARN)
    if not array:
        array = yield from kmalloc(GFP_KERNEL)
""",
    """\
def ioctl():
    yield mutex_lock(struct_mutex)
    got = yield from alloc_page(GFP_KERNEL)
    if got:
        yield from lend_page(objects)
    yield mutex_unlock(struct_mutex)
""",
)

DRIVERS = (BALLOON, PSERIES, S390, RCU, I915)
