"""Faults in the notifier chain, in how it is run, and in waiting."""

from __future__ import annotations

from tests.mutants.fault import Fault

CHAIN = (
    Fault(
        "the thread does not wake its caller",
        "remedies/offload.py",
        "            yield wake(self.response_queue)\n",
        "",
        "an_offloaded_chain_without_contention_is_quick",
    ),
    Fault(
        "the thread answers before it has walked the chain",
        "remedies/offload.py",
        "            yield from blocking_notifier_call_chain(\n"
        "                machine.oom_notify_list, current, self.freed_total\n"
        "            )\n"
        "            yield write(self.requested, 0)\n",
        "            yield write(self.requested, 0)\n"
        "            yield wake(self.response_queue)\n"
        "            yield from blocking_notifier_call_chain(\n"
        "                machine.oom_notify_list, current, self.freed_total\n"
        "            )\n",
        "the_first_kill_under_the_offload_comes_after_two_rounds",
    ),
    Fault(
        "freed pages are not credited",
        "kernel/notifier.py",
        "    yield write(freed, before + pages)\n",
        "    yield write(freed, before)\n",
        "h2_needs_no_kill_when_the_balloon_allocates_outside",
    ),
    Fault(
        "the walk ends with the first listener that freed something",
        "kernel/notifier.py",
        "        yield from blocks[i].callback(current, freed)\n",
        "        yield from blocks[i].callback(current, freed)\n"
        "        found = yield read(freed)\n"
        "        if found:\n            break\n",
        "every_listener_is_asked_the_most_important_first",
    ),
    Fault(
        "listeners of low priority come first",
        "kernel/notifier.py",
        "        place = sum(other.priority >= block.priority for other in self.blocks)\n",
        "        place = sum(other.priority <= block.priority for other in self.blocks)\n",
        "every_listener_is_asked_the_most_important_first",
    ),
    Fault(
        "the walk does not let go of the chain",
        "kernel/notifier.py",
        "    yield up_read(chain.rwsem)\n",
        "",
        "every_listener_is_asked_the_most_important_first",
    ),
    Fault(
        "the offload's credit is zeroed before it is read",
        "remedies/offload.py",
        "        freed = yield read(self.freed_total)\n",
        "        yield write(self.freed_total, 0)\n        freed = yield read(self.freed_total)\n",
        "an_offloaded_answer_is_credited_once",
    ),
    Fault(
        "the offload's credit is never zeroed",
        "remedies/offload.py",
        "        if freed:\n            yield write(self.freed_total, 0)\n",
        "",
        "an_offloaded_answer_is_credited_once",
    ),
    Fault(
        "a wake-up between the test and the sleep is lost",
        "kernel/wait.py",
        "        holds = yield check_or_enqueue(queue, word, value, equal=equal)\n"
        "        if holds:\n            return\n",
        "        now = yield read(word)\n"
        "        if (now == value) == equal:\n            return\n"
        '        yield check_or_enqueue(queue, word, "never")\n',
        "h1_is_clean_in_every_order_when_the_balloon_allocates_outside",
    ),
)
