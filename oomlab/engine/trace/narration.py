"""The story of a run, as sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from oomlab.engine.trace.events import Event, How, Trace, Waiting

Teller = Callable[[Event], str | None]


def moment(at_us: int) -> str:
    """A time since the start of the run, in the unit a person would choose."""
    if at_us < 1000:
        return f"{at_us} us"
    if at_us < 1_000_000:
        return f"{at_us / 1000:g} ms"
    return f"{at_us / 1_000_000:.6g} s"


def pages(count: int) -> str:
    """A number of pages in words."""
    return f"{count} page{'' if count == 1 else 's'}"


def story(trace: Trace) -> Iterator[str]:
    """The notable moments of a run, one sentence each, and how it ended."""
    timed = trace.engine == "clock"
    width = max((len(moment(e.at_us)) for e in trace.events), default=0)
    for event in trace.events:
        sentence = tell(event)
        if sentence is not None:
            when = moment(event.at_us).rjust(width) if timed else f"step {event.at_us}".rjust(8)
            yield f"{when}  {sentence}"
    for waiting in trace.waiting:
        yield f"At the end {tell_waiting(waiting, timed)}."
    yield f"Verdict: {trace.verdict}, {VERDICTS[trace.verdict]}."


def tell(event: Event) -> str | None:
    """What an event means, or None for one that is not worth a sentence."""
    teller = _TELLERS.get((event.op, event.condition))
    return teller(event) if teller else None


def tell_step(trace: Trace, step: int) -> str:
    """What one step of a replayed schedule did, and whom it leaves waiting."""
    events = [event for event in trace.events if event.at_us == step]
    done = [event for event in events if event.condition != "blocked"]
    words = [explain(done[0])] + [tell(event) for event in events if event.condition == "blocked"]
    return "; ".join(filter(None, words)) + "."


def explain(event: Event) -> str:
    """What an event means, also for the small steps that a story leaves out."""
    told = tell(event)
    if event.op == "note" and event.on == "gfp":
        told = f"{event.task} asks for a page, with the mask {event.result:#x}"
    if told is None:
        key = f"{event.op} {event.on}"
        small = next((text for start, text in _SMALL_STEPS if key.startswith(start)), None)
        told = f"{event.task} {small or f'does {event.op} on {event.on}'}"
    return f"{told} ({event.function})" if f"({event.function})" not in told else told


_SMALL_STEPS = (
    ("take_page free", "looks for a free page and finds too few above its watermark"),
    ("move page in the hand", "puts the page where it belongs"),
    ("sleep ", "lets time pass"),
    ("move reclaimable", "runs a round of direct reclaim, which finds nothing"),
    ("holds_more reclaimable", "looks whether all its file pages are in memory"),
    ("holds_more free", "sees that even reclaiming everything would not help"),
    ("exceeds isolated", "compares what others have taken off the LRU lists with what is left"),
    ("exceeds under writeback", "looks whether more than half is being written"),
    ("check_pages_or_enqueue", "checks whether it is throttled"),
    ("move isolated", "puts back or frees what it took off the LRU lists"),
    ("move highatomic reserve", "makes a block of the highatomic reserve an ordinary one"),
    ("read kswapd_failures", "looks how often kswapd has failed in a row"),
    ("write kswapd_failures", "counts kswapd's fruitless passes"),
    ("write kswapd wanted", "asks for kswapd, or takes note of it"),
    ("wake kswapd_wait", "wakes kswapd"),
    ("wake pfmemalloc_wait", "wakes whoever is throttled"),
    ("read largest free order", "looks at the largest free block"),
    ("write largest free order", "has made a larger block"),
    ("read TIF_MEMDIE", "asks whether it has been marked as an OOM victim; no"),
    ("read SIGKILL", "asks whether it has been killed; no"),
    ("down_read oom_notify_list", "begins to walk the notifier chain"),
    ("up_read oom_notify_list", "has walked the whole chain"),
    ("wake oom_notifier_request", "wakes the oom_notifier thread"),
    ("wake oom_notifier_response", "wakes whoever waits for the answer"),
    ("check_or_enqueue", "checks whether it has to wait"),
    ("sleep_on", "wakes up"),
    ("write freed, on the stack", "sets its own count of freed pages to 0"),
    ("read freed", "reads how many pages the listeners gave back"),
    ("read oom_notifier_freed", "reads the thread's counter of freed pages"),
    ("write oom_notifier_freed", "changes the thread's counter of freed pages"),
    ("write balloon virtqueue", "passes the virtqueue on"),
    ("wait_for balloon virtqueue", "picks up the request"),
    ("read oom_notifier_job", "looks at the thread's job"),
    ("write oom_notifier_job", "changes the thread's job"),
    ("read oom_notifier_sequence", "reads the number of the latest request"),
    ("write oom_notifier_sequence", "numbers its request"),
    ("write oom_notifier_answer", "notes its result and for which request it is"),
    ("read oom_notifier_answer", "reads the result and for which request it is"),
    ("read object", "looks whether the object has pages"),
    ("write object", "notes whether the object has pages"),
    ("wait_for object", "sees that the object has lost its pages"),
    ("move pages of object", "drops the pages of the object"),
    ("add oom_callback_count", "counts RCU callbacks that have not run"),
    ("add RCU callbacks posted", "posts an RCU callback"),
    ("push oom_reaper_list", "puts the victim on top of the reaper's stack"),
    ("pop oom_reaper_list", "takes the next victim from the stack"),
    ("down_read_trylock mmap_sem", "tries to read the victim's mappings"),
    ("select_bad_process", "looks for the worst process"),
    ("swap TIF_MEMDIE", "changes who may use the reserves"),
    ("read mm of", "looks at what is left of a process's memory"),
    ("write mm of", "notes what is left of a process's memory"),
    ("wait_for SIGKILL", "is woken by the signal"),
    ("announce_write", "queues as a writer; later readers wait behind it"),
    ("down_write", "has it for writing"),
    ("up_write", "is done with writing"),
    ("read oom_notify_list", "looks who is in the chain"),
    ("write oom_notify_list", "changes who is in the chain"),
    ("read oom_notifier_thread", "looks whether the thread exists"),
    ("write oom_notifier_thread", "stores the pointer to the thread"),
    ("add threads made", "makes a thread"),
    ("write thread", "lets the thread run"),
    ("wait_for thread", "begins to run"),
    ("read oom_killer_disabled", "asks whether the OOM killer is off"),
    ("write oom_killer_disabled", "switches the OOM killer off or on"),
    ("add oom_victims", "counts the victims that are left"),
    ("wake acked", "raises the interrupt that wakes the balloon driver"),
    ("read oom_notifier_requested", "looks whether its request is still unanswered"),
    ("swap oom_notifier_freed", "changes the thread's counter of freed pages"),
    ("read oom_notifier_thread", "looks whether there is a thread"),
    ("write oom_notifier_thread", "stores the pointer to its thread"),
    ("add threads made", "has a thread made"),
    ("write thread ", "lets the new thread run"),
    ("wait_for thread ", "begins to run"),
    ("move pages of ", "gives back the pages that its driver has"),
    ("write oom_callback_count", "counts RCU callbacks that have not run"),
    ("wake rcu gp_wq", "has a grace period begin"),
    ("select_bad_process ", "looks for the largest process"),
    ("swap TIF_MEMDIE", "opens or closes the reserves to the victim"),
    ("read mm of ", "looks how far the victim is"),
    ("write mm of ", "notes how far the victim is"),
    ("read oom_reaper_list", "looks who is queued for the reaper"),
    ("write oom_reaper_list", "queues the victim for the reaper"),
    ("wake oom_reaper_wait", "wakes the reaper"),
    ("add oom_victims", "counts the victims that have not exited"),
    ("read oom_killer_disabled", "looks whether the OOM killer is off"),
    ("write oom_killer_disabled", "switches the OOM killer off or on"),
    ("wait_for SIGKILL", "notices that it has been killed"),
    ("write user tasks are frozen", "is frozen"),
    ("wait_for user tasks are frozen", "sees that the user tasks are frozen"),
    ("holds_more balloon", "looks whether there are pages in the balloon"),
    ("move balloon", "looks for pages in the balloon and finds none"),
    ("write size shown by the device", "writes the balloon's size to the device"),
)
"""The beginning of an op and its slot, and what a task does with it."""


def tell_waiting(waiting: Waiting, timed: bool = True) -> str:
    """Who waits for what, who has it, and since when."""
    if waiting.how == "ready":
        return f"{waiting.task} could still move"
    how = HOW[waiting.how]
    holder = f", held by {waiting.held_by}" if waiting.held_by else ""
    since = moment(waiting.since_us) if timed else f"step {waiting.since_us}"
    return f"{waiting.task} {how} {waiting.waits_for}{holder}, since {since}"


HOW: Mapping[How, str] = {
    "blocks": "is blocked on",
    "spins": "spins on",
    "polls": "polls",
    "sleeps": "waits for",
}
"""What a task does that waits."""


VERDICTS = {
    "completed": "every task finished without a timeout and without a kill",
    "recovered": "every task finished, but only through a timeout or a kill",
    "deadlock": "nothing will ever happen again",
    "livelock": "tasks go on for ever and nothing comes of it",
    "panic": "the machine gave up",
    "time-limit": "the simulated time ran out",
    "stuck": "nobody can move",
    "repeats": "the schedule came back to a state it had left",
    "ended": "every task that has a job finished it",
    "open": "somebody can still move",
}
"""Every verdict of a timed run or a replayed schedule, in words."""


def _job(event: Event) -> str | None:
    """A job of the repaired thread changes its state (kernel/oom_notify_repaired)."""
    job = event.changes.get(event.on)
    if job == "overdue":
        return f"{event.task} has waited long enough and marks the job overdue"
    if isinstance(job, list):
        asks = job[0] == "asked by"
        return f"{event.task} " + ("asks for a walk of the chain" if asks else "has an answer")
    return None


def _takes(event: Event) -> str:
    return f"{event.task} takes {event.on} ({event.function})"


def _tries(event: Event) -> str | None:
    if event.result:
        return f"{event.task} wins {event.on}"
    if event.on == "balloon_lock":
        return f"{event.task} tries {event.on} in vain and gives up"
    return f"{event.task} tries {event.on} in vain and will look again in a jiffy"


def _tries_recursively(event: Event) -> str:
    if event.result == "failed":
        return f"{event.task} tries {event.on} in vain and will look again in a jiffy"
    if event.result == "recursive":
        return f"{event.task} owns {event.on} already"
    return f"{event.task} wins {event.on}"


def _page(event: Event) -> str | None:
    return f"{event.task} gets a page" if event.result else None


def _moves(event: Event) -> str | None:
    if not event.result:
        return None
    if event.on == "reclaimable":
        return f"{event.task} reclaims {pages(event.result)}"
    if event.on == "balloon":
        return f"{event.task} takes {pages(event.result)} out of the balloon"
    if event.on == "pages leaving the balloon":
        return f"{pages(event.result)} left the balloon and can be had again ({event.task})"
    if event.on.startswith("pages of object"):
        return f"{pages(event.result)} leave the graphics object ({event.task})"
    if event.on == "pseries loan" or event.on.startswith("s390 cmm"):
        return f"{pages(event.result)} come back from the hypervisor ({event.task})"
    if event.on.startswith("rss of"):
        owner = event.on.removeprefix("rss of ")
        return f"{pages(event.result)} of process {owner} become free ({event.task})"
    return f"{pages(event.result)} come back from outside" if "elsewhere" in event.on else None


def _writes(event: Event) -> str | None:
    if event.on == "oom_notifier_job":
        return _job(event)
    if event.on.startswith("SIGKILL"):
        return f"{event.task} has {event.on.removeprefix('SIGKILL for ')} killed"
    if event.on == "oom_notifier_requested":
        value = event.changes.get(event.on)
        if value == 1:
            return f"{event.task} asks the oom_notifier thread to walk the chain"
        if value is None:
            return f"{event.task} asks again, though the last request is still unanswered"
        if value == 0:
            return f"{event.task} answers: the chain has been walked"
    return None


_TELLERS: dict[tuple[str, str], Teller] = {
    ("mutex_lock", "done"): _takes,
    ("mutex_lock", "blocked"): lambda e: f"{e.task} blocks on {e.on} ({e.function})",
    ("mutex_unlock", "done"): lambda e: f"{e.task} releases {e.on}",
    ("mutex_lock_killable", "done"): lambda e: _takes(e) if e.result else None,
    ("mutex_lock_killable", "blocked"): lambda e: f"{e.task} blocks on {e.on} ({e.function})",
    ("spin_lock", "done"): _takes,
    ("spin_lock", "blocked"): lambda e: f"{e.task} spins on {e.on} ({e.function})",
    ("spin_unlock", "done"): lambda e: f"{e.task} releases {e.on}",
    ("mutex_trylock_recursive", "done"): _tries_recursively,
    ("mutex_trylock", "done"): _tries,
    ("take_page", "done"): _page,
    ("move", "done"): _moves,
    ("write", "done"): _writes,
    ("sleep_on", "blocked"): lambda e: (
        None if "reaper" in e.on or "request" in e.on else f"{e.task} waits on {e.on}"
    ),
    ("sleep_on", "timeout"): lambda e: f"{e.task} has waited long enough on {e.on}",
    ("poll", "polling"): lambda e: f"{e.task} goes on polling {e.on or 'its turn'}, once a jiffy",
    ("poll", "polled"): lambda e: (
        f"{e.task} has polled {e.on} {e.result} times more" if e.on else None
    ),
    ("log", "done"): lambda e: f"kernel log: {e.result}",
}
