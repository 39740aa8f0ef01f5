"""A text as C: whoever knows the kernel reads in it what the text says."""

from __future__ import annotations

import re

import pytest

from oomlab.workbench import STARTERS, as_written
from oomlab.workbench.language import CHAIN_ONLY, KINDS, VERBS, Verb


def c_of_callback(body: str, declared: str = "") -> str:
    text = f"{declared}def callback(freed):\n" + "".join(
        f"    {line}\n" for line in body.splitlines()
    )
    c, wrong = as_written({"callback": text})
    assert not wrong
    return c["callback"]


DECLARED = (
    "lock = mutex()\nsem = rwsem()\nseen = word(3)\nmany = word()\nasked = queue()\n"
    "pages = lent_pages(2)\n"
)
GIVEN = {
    "mutex": "lock",
    "rwsem": "sem",
    "word": "seen",
    "queue": "asked",
    "pool": "pages",
    "number": "1",
    "text": '"said"',
    "value": "2",
}


@pytest.mark.parametrize(
    ("line", "c"),
    [
        ("yield mutex_lock(lock)", "mutex_lock(&lock);"),
        ("got = yield mutex_trylock(lock)", "got = mutex_trylock(&lock);"),
        ("yield from down_write(sem)", "down_write(&sem);"),
        ("got = yield read(seen)", "got = READ_ONCE(seen);"),
        ("yield from wait_event(asked, seen, 2)", "wait_event(asked, READ_ONCE(seen) == 2);"),
        ("got = yield add(many, 1)", "got = atomic_add_return(1, &many);"),
        (
            "yield wait_for(many, 0)\nyield swap(many, 1)",
            "wait_var_event(&many, atomic_read(&many) == 0);",
        ),
        ("got = yield from alloc_page(GFP_NOFS)", "got = !!(page = alloc_page(GFP_NOFS));"),
        ("given = yield from give_back(pages, 1)", "given = give_back(&pages, 1);"),
        ("yield from add_freed(freed, 1)", "*(unsigned long *)freed += 1;"),
        ('yield log("no \\" lock")', 'pr_info("no \\" lock\\n");'),
        ("yield sleep(2)", "schedule_timeout_uninterruptible(2);"),
    ],
)
def test_a_line_says_the_same_in_c(line: str, c: str) -> None:
    assert f"\t{c}\n" in c_of_callback(line, DECLARED)


def test_branches_loops_and_what_is_reckoned() -> None:
    c = c_of_callback(
        "n = 0\nwhile n < 3 and not n == 2:\n    n += 1\n    if n > 1:\n"
        "        yield sleep(n * (n + 1))\n        return\n    elif n:\n"
        "        yield sleep(1 if n else 2)\n    else:\n        break\n"
    )
    assert c == (
        "static int callback(struct notifier_block *self, unsigned long dummy, void *freed)\n{\n"
        "\tlong n;\n\n\tn = 0;\n\twhile ((n < 3) && !(n == 2)) {\n\t\tn += 1;\n\t\tif (n > 1) {\n"
        "\t\t\tschedule_timeout_uninterruptible(n * (n + 1));\n\t\t\treturn NOTIFY_OK;\n"
        "\t\t} else if (n) {\n\t\t\tschedule_timeout_uninterruptible(n ? 1 : 2);\n\t\t} else {\n"
        "\t\t\tbreak;\n\t\t}\n\t}\n\treturn NOTIFY_OK;\n}\n"
    )


@pytest.mark.parametrize("verb", [v for v in VERBS.values() if v.how != "declares"], ids=str)
def test_every_word_has_its_c(verb: Verb) -> None:
    given = ", ".join(GIVEN[kind] for kind in verb.takes)
    call = f"{verb.behind}{verb.name}({given})"
    if verb.name in CHAIN_ONLY:
        made, wrong = as_written({"remedy": f"def notify():\n    {call}\n"})
        assert not wrong and "call_chain(&oom_notify_list);" in made["remedy"]
        return
    c = c_of_callback(call, DECLARED)
    assert "yield" not in c and re.search(r"\t.*[\w)];\n\treturn NOTIFY_OK;", c)


def test_locks_are_what_they_are_used_as_and_routines_stand_before_who_calls_them() -> None:
    assert set(GIVEN) == set(KINDS)
    for name, starter in STARTERS.items():
        texts = {"callback": starter.callback, "holder": starter.holder}
        c, wrong = as_written(texts)
        assert not wrong, name
        for text in c.values():
            assert text.count("{") == text.count("}")
    c, _ = as_written({"callback": STARTERS["virtio_balloon"].callback})
    assert c["callback"].index("static void tell_host(void)") < c["callback"].index(
        "\ttell_host();"
    )
    assert (
        "static DEFINE_SPINLOCK(cmm_lock);"
        in as_written({"callback": STARTERS["pseries_cmm"].callback})[0]["callback"]
    )


def test_what_is_wrong_is_told_and_the_rest_is_written() -> None:
    starter = STARTERS["trylock-repair"]
    c, wrong = as_written(
        {"callback": starter.callback, "holder": "def holder():\n    yield x()\n"}
    )
    assert list(c) == ["callback"]
    assert [(one.part, one.line) for one in wrong] == [("holder", 2)]
    c, wrong = as_written({"callback": "import os", "holder": starter.holder, "remedy": "mainline"})
    assert c == {} and [one.part for one in wrong] == ["callback"]
