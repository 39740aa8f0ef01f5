"""The RFC's thread and who asks it, in a few lines like C, for the chapter about them."""

from __future__ import annotations

from oomlab.listing import Listing
from oomlab.remedies.offload import OomNotifierThread

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
    ),
    Listing(
        "the RFC's asker",
        OomNotifierThread.request_and_wait,
        """\
/* oom_lock is held all the time */
requested = 1;
wake(request_queue);
left = wait_event_timeout(
           response_queue, !requested,
           timeout_s);
freed = freed_total;  /* whosever it is */
if (freed)
    zero_credit(&freed_total);
return freed;
""",
    ),
)
