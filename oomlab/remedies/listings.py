"""The threads that run the chain and who asks them, in a few lines like C."""

from __future__ import annotations

from oomlab.listing import Listing
from oomlab.remedies.offload import OomNotifierThread
from oomlab.remedies.offload_repaired import RepairedThread
from oomlab.remedies.offload_sequence import SequencedThread

LISTINGS = (
    Listing(
        "the RFC's thread",
        OomNotifierThread.run,
        """\
while (true) {
    wait_event(request_queue, requested);
    blocking_notifier_call_chain(
        &freed_total);
    requested = 0;
    wake(response_queue);
}
""",
        OomNotifierThread.name,
    ),
    Listing(
        "the RFC's asker",
        OomNotifierThread.request_and_wait,
        """\
/* oom_lock is held all the time */
requested = 1;
wake(request_queue);
wait_event_timeout(response_queue,
           !requested, timeout_s);
freed = freed_total;  /* whosever it is */
if (freed)
    freed_total = 0;
return freed;
""",
        OomNotifierThread.name,
    ),
    Listing(
        "the thread with numbered requests",
        SequencedThread.run,
        """\
wait_event(request_queue, requested);
mine = sequence;
blocking_notifier_call_chain(&freed);
answer = (mine, freed);
latest = sequence;
if (latest == mine) {  /* check, then */
    requested = 0;     /* clear */
    wake(response_queue);
}
""",
        SequencedThread.name,
    ),
    Listing(
        "the asker with a number",
        SequencedThread.request_and_wait,
        """\
before = sequence;
sequence = mine = before + 1;
requested = 1;
wake(request_queue);
wait_event_timeout(response_queue,
           !requested, timeout_s);
(number, pages) = answer;
return number == mine ? pages : 0;
""",
        SequencedThread.name,
    ),
    Listing(
        "the repaired thread",
        RepairedThread.run,
        """\
wait_event(request_queue, requested);
requested = 0;
blocking_notifier_call_chain(&freed);
mutex_lock(&mutex);
if (job == OVERDUE) {
    job = IDLE;
} else {
    job = ANSWERED;
    wake(response_queue);
}
mutex_unlock(&mutex);
""",
        RepairedThread.name,
    ),
    Listing(
        "the repaired asker",
        RepairedThread.request_and_wait,
        """\
/* oom_lock is not held */
mutex_lock(&mutex);
job = ASKED;
requested = 1;
wake(request_queue);
mutex_unlock(&mutex);
wait_event_timeout(response_queue,
        job == ANSWERED, timeout_s);
mutex_lock(&mutex);
answered = job == ANSWERED;
job = answered ? IDLE : OVERDUE;
mutex_unlock(&mutex);
return freed;
""",
        RepairedThread.name,
    ),
)
