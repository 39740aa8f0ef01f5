"""The shapes in which masks come: brackets, mail, two lines, cut off, and what is none."""

from __future__ import annotations

from contextlib import suppress

import pytest

from oomlab.errors import InputError
from oomlab.gfp.printed import read_printed
from oomlab.gfp.printed.scan import kernel_in, masks_in

MOVABLE = ("GFP_HIGHUSER_MOVABLE", "__GFP_COMP", "__GFP_ZERO")


@pytest.mark.parametrize(
    ("text", "value", "names"),
    [
        ("0xcc0", 0xCC0, None),
        (" 3264\n", 0xCC0, None),
        ("0xcc0(GFP_KERNEL)", 0xCC0, ("GFP_KERNEL",)),
        ("gfp_mask=0xcc0(GFP_KERNEL)", 0xCC0, ("GFP_KERNEL",)),
        ("mode:0xcc0(GFP_KERNEL)", 0xCC0, ("GFP_KERNEL",)),
        ("gfp=0x20", 0x20, None),
        ("(gfp=0x20)", 0x20, None),
        ("gfp_mask 0xcc0(GFP_KERNEL), pid 1", 0xCC0, ("GFP_KERNEL",)),
        ("gfp: 0xcc0 (GFP_KERNEL). Fix", 0xCC0, ("GFP_KERNEL",)),
        ("gfp_flags=0xcc0(GFP_KERNEL)", 0xCC0, ("GFP_KERNEL",)),
        ("0x0()", 0, ()),
        ("gfp_mask=0x0(), nodemask=(null)", 0, ()),
        ("gfp_mask=0x0, order=0", 0, None),
        ("gfp_mask=0x0(none)", 0, ()),
        ("gfp_mask=0xCC0(GFP_KERNEL)", 0xCC0, ("GFP_KERNEL",)),
        ("gfp_mask=0xdc0(GFP_KERNEL | __GFP_ZERO)", 0xDC0, ("GFP_KERNEL", "__GFP_ZERO")),
        ("mode:0x1000cc0(GFP_KERNEL|0x1000000)", 0x1000CC0, ("GFP_KERNEL", "0x1000000")),
        ("mode:0x4000(__GFP_COMP|__GFP_HIGH)", 0x4000, ("__GFP_COMP", "__GFP_HIGH")),
        ("gfp_mask=0xd0 (sleeps)", 0xD0, None),
        # mail: quoted-printable, soft breaks, wrapped lines, quotes of quotes
        ("gfp_mask=3D0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_=\nZERO)", 0x140DCA, MOVABLE),
        ("gfp_mask=3D=\r\n0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO)", 0x140DCA, MOVABLE),
        ("> gfp_mask=0x140dca(GFP_HIGHUSER_MOVABLE|\n> __GFP_COMP|__GFP_ZERO)", 0x140DCA, MOVABLE),
        (">> mode:\n>> 0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO)", 0x140DCA, MOVABLE),
        ("mode:0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_CO\nMP|__GFP_ZERO)", 0x140DCA, MOVABLE),
        # one message over two records
        (
            "[   12.345678] a: mode:0x140dca(GFP_HIGHUSER_MOVABLE|\n"
            "[   12.345679][    C1] __GFP_COMP|__GFP_ZERO), nodemask=(null)",
            0x140DCA,
            MOVABLE,
        ),
        ("a#012mode:0x140dca(GFP_HIGHUSER_MOVABLE|#012__GFP_COMP|__GFP_ZERO)", 0x140DCA, MOVABLE),
        ("\x1b[31mmode:\x1b[0m0xdc0(GFP_KERNEL|__GFP_ZERO)", 0xDC0, ("GFP_KERNEL", "__GFP_ZERO")),
        ("runc:[2:INIT] invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL)", 0xCC0, ("GFP_KERNEL",)),
    ],
)
def test_a_mask_is_found_in_any_dress(text: str, value: int, names: tuple[str, ...] | None) -> None:
    read = read_printed(text)
    assert (read.value, read.printed) == (value, names)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("mode:0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZE", (*MOVABLE[:2], "__GFP_ZE")),
        ("mode:0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP|__GFP_ZERO, order=0", MOVABLE),
        ("mode:0x140dca(GFP_HIGHUSER_MOVABLE|__GFP_COMP", MOVABLE[:2]),
    ],
)
def test_a_list_that_is_cut_off_still_finds_its_era(text: str, names: tuple[str, ...]) -> None:
    read = read_printed(text)
    assert read.printed == names and read.names == MOVABLE
    assert read.how == "names" and "5.18 to 6.14" in read.spans
    assert read.doubts == ("the list of names is cut off",) or names == MOVABLE


@pytest.mark.parametrize(
    "text",
    [
        "",
        "order=0",
        "gfp_mask=GFP_KERNEL",
        "gfp_mask=",
        "0x(GFP_KERNEL)",
        "at 0xffffffff81000000 (stack)",
        "CPU: 0x1 (alpha)",
        "page:0x1000 refcount:1 mapcount:0",
        "(" * 5000,
    ],
)
def test_what_shows_no_mask_is_one_line(text: str) -> None:
    with pytest.raises(InputError, match=r"^there is no GFP mask in .*; valid: 0xcc0, "):
        read_printed(text)


def test_a_number_of_33_bits_is_refused() -> None:
    with pytest.raises(InputError, match=r"0x100000000 is not a GFP mask; valid: 0x0 to"):
        read_printed("gfp_mask=0x100000000(GFP_KERNEL)")


@pytest.mark.parametrize(
    ("text", "kernel"),
    [
        ("CPU: 3 PID: 9 Comm: a Not tainted 5.15.0-91-generic #101", "5.15.0-91-generic"),
        ("CPU: 3 UID: 0 PID: 9 Comm: a Tainted: G        W  O       6.12.10 #1", "6.12.10"),
        (
            "Comm: a Kdump: loaded Tainted: P      OE  ------------   3.10.0-1062.el7.x86_64 #1",
            "3.10.0-1062.el7.x86_64",
        ),
        ("Pid: 507, comm: a Tainted: P   2.6.32-5-amd64 #1", "2.6.32-5-amd64"),
        ("Linux version 6.1.0-18-amd64 (builder@example) #1 SMP", "6.1.0-18-amd64"),
        ("Comm: a Tainted: [W]=WARN 6.12.0 #1", None),
        ("CPU: 0 Comm: a Not tainted syzkaller #0", None),
        ("gfp_mask=0xcc0(GFP_KERNEL)", None),
    ],
)
def test_the_kernel_that_a_report_names(text: str, kernel: str | None) -> None:
    assert kernel_in(text) == kernel


def test_a_kernel_that_the_tables_do_not_reach_is_as_none() -> None:
    text = "gfp_mask=0xd0, order=0\nPid: 1, comm: a Not tainted 2.6.18-5 #1"
    assert read_printed(text).kernel is None


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("gfp_mask=0xcc0(GFP_KERNEL), order=2, oom_score_adj=0", 2),
        ("a: page allocation failure: order:9, mode:0xcc0(GFP_KERNEL)", 9),
        ("page last allocated via order 3, migratetype x, gfp_mask 0xcc0(GFP_KERNEL)", 3),
        ("gfp_mask=0xcc0(GFP_KERNEL), order=-1", -1),
        ("gfp_mask=0xcc0(GFP_KERNEL)\nborder=3", None),
        ("order:9\nmode:0xcc0(GFP_KERNEL)\norder=3", None),
        ("mode:0xcc0(GFP_KERNEL)", None),
    ],
)
def test_the_order_that_a_line_names(text: str, order: int | None) -> None:
    read = read_printed(text)
    assert read.order == order
    assert read.request().order == (order or 0) and read.request(5).order == 5


def test_what_is_shown_of_a_mask_has_no_control_characters() -> None:
    for text in ("mode:\n>\t0xcc0(GFP_KERNEL\x07|__GFP_ZERO\x1b)", "0xcc0(GFP_KERNEL|\x9b31m)"):
        assert read_printed(text).text.isprintable()


def test_a_flag_of_a_vendor_is_read_with_the_rest() -> None:
    read = read_printed("mode:0x8100cca(GFP_HIGHUSER_MOVABLE|__GFP_CMA)")
    assert read.names == ("GFP_HIGHUSER_MOVABLE", "__GFP_CMA") and not read.disagreement
    assert "only some vendor's" in read.doubts[-1]
    assert read_printed("mode:0x100cca(GFP_HIGHUSER_MOVABLE|__GFP_CMA)").disagreement


def test_hostile_text_takes_linear_time() -> None:
    for piece in (
        "gfp_mask=0xcc0(",
        "0xcc0(GFP_",
        "mode:>> >> ",
        "[" * 9 + "\n",
        "=3D=\n",
        "GFP_|",
    ):
        text = piece * 20_000
        assert len(masks_in(text)) <= 20_000
        with suppress(InputError):
            assert read_printed(text).value == 0xCC0
