import operator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oomlab.errors import InputError
from oomlab.gfp.expression import MAX_DEPTH, MAX_LENGTH, names_in, parse, to_string
from oomlab.gfp.tables import CONFIGS, VERSIONS, Table, table

T413 = table("4.13")
WORD = (1 << 32) - 1
TABLES = st.builds(table, st.sampled_from(list(VERSIONS)), st.sets(st.sampled_from(CONFIGS)))


@pytest.mark.parametrize(
    ("text", "mask"),
    [
        ("GFP_KERNEL", 0x14000C0),
        ("GFP_KERNEL & ~__GFP_DIRECT_RECLAIM", 0x10000C0),
        ("GFP_HIGHUSER_MOVABLE | __GFP_NORETRY", 0x14210CA),
        ("GFP_HIGHUSER_MOVABLE|__GFP_NOMEMALLOC|__GFP_NORETRY", 0x14310CA),
        ("  GFP_DMA\n|\tGFP_KERNEL ", 0x14000C1),
        ("0x14000c0", 0x14000C0),
        ("0X40", 0x40),
        ("64", 64),
        ("0100", 64),
        ("0", 0),
        ("0x80000000", 0x80000000),
        ("0x40u", 0x40),
        ("0100UL", 64),
        # C binds & tighter than ^, and ^ tighter than |.
        ("1 | 2 & 4", 1),
        ("(1 | 2) & 6", 2),
        ("3 ^ 1 & 1", 2),
        ("4 | 6 ^ 2", 4),
        ("4 | 2 ^ 6", 4),
        ("1 ^ 1 | 1", 1),
        ("~~5", 5),
        ("~(~5)", 5),
        # A complement keeps what was there, known or not, and adds only known bits.
        ("0x80000040 & ~__GFP_IO", 0x80000000),
        ("~0", (1 << 25) - 1),
        ("~__GFP_FS", (1 << 25) - 1 - 0x80),
    ],
)
def test_expressions(text: str, mask: int) -> None:
    assert parse(text, T413) == mask


def test_the_complement_is_cut_to_the_bits_of_the_kernel() -> None:
    assert parse("~0", table("5.8")) == 0x7FFFFF
    assert parse("~0", table("6.8")) == 0xFFFDFF
    assert parse("~0", table("4.13", ["CONFIG_LOCKDEP"])) == 0x3FFFFFF


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "the expression is empty; valid: for example GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"),
        (" \t", "the expression is empty; valid: for example GFP_KERNEL & ~__GFP_DIRECT_RECLAIM"),
        (
            "GFP_KERNAL",
            "unknown name 'GFP_KERNAL' at character 1; nearest name in Linux 4.13: GFP_KERNEL",
        ),
        (
            "GFP_KERNEL | __GFP_NORETRYS",
            "unknown name '__GFP_NORETRYS' at character 14; nearest name in Linux 4.13: "
            "__GFP_NORETRY",
        ),
        (
            "noretry",
            "unknown name 'noretry' at character 1; nearest name in Linux 4.13: __GFP_NORETRY",
        ),
        (
            "gfp_nofs",
            "unknown name 'gfp_nofs' at character 1; nearest name in Linux 4.13: GFP_NOFS",
        ),
        ("fs", "unknown name 'fs' at character 1; nearest name in Linux 4.13: __GFP_FS"),
        (
            "__GFP_ZEROTAGS",
            "'__GFP_ZEROTAGS' at character 1 does not exist in Linux 4.13; it does in 5.14 and "
            "newer",
        ),
        (
            "__GFP_REPEAT",
            "'__GFP_REPEAT' at character 1 does not exist in Linux 4.13 (there: "
            "__GFP_RETRY_MAYFAIL); it does in 2.6.24 to 4.12",
        ),
        ("1 |", "at character 4 the expression ends; valid there: a name, a number, ~ or ("),
        ("| 1", "at character 1 there is '|'; valid there: a name, a number, ~ or ("),
        ("1 || 2", "at character 4 there is '|'; valid there: a name, a number, ~ or ("),
        ("1 ~2", "at character 3 there is '~'; valid there: an operator (| ^ &) or the end"),
        ("1 2", "at character 3 there is '2'; valid there: an operator (| ^ &) or the end"),
        ("1)", "at character 2 there is ')'; valid there: an operator (| ^ &) or the end"),
        (
            "1 | ((2)",
            "at character 9 the expression ends; valid there: the ) that closes the ( at "
            "character 5",
        ),
        ("()", "at character 2 there is ')'; valid there: a name, a number, ~ or ("),
        ("1 + 2", "at character 3 there is '+'; valid: names, numbers, | ^ & ~ ( )"),
        ("GFP\x00", "at character 4 there is '\\x00'; valid: names, numbers, | ^ & ~ ( )"),
        ("٣", "at character 1 there is '\\u0663'; valid: names, numbers, | ^ & ~ ( )"),
        ("08", "'08' at character 1 is not a C integer; valid: for example 0x40, 64, 0100"),
        ("0x", "'0x' at character 1 is not a C integer; valid: for example 0x40, 64, 0100"),
        ("1e3", "'1e3' at character 1 is not a C integer; valid: for example 0x40, 64, 0100"),
        ("1_000", "'1_000' at character 1 is not a C integer; valid: for example 0x40, 64, 0100"),
        (
            "0x100000000",
            "'0x100000000' at character 1 does not fit a GFP mask; valid: at most 0xffffffff",
        ),
    ],
)
def test_what_is_no_expression_gets_one_line(text: str, told: str) -> None:
    with pytest.raises(InputError) as error:
        parse(text, T413)
    assert str(error.value) == told


def test_a_name_that_is_gone_says_where_it_lived() -> None:
    with pytest.raises(InputError, match=r"'__GFP_COLD' .* 4.19; it does in 2.6.24 to 4.14$"):
        parse("__GFP_COLD", table("4.19"))


def test_long_input_is_refused_before_it_is_read() -> None:
    with pytest.raises(InputError, match=f"is {MAX_LENGTH + 1} characters long; valid: at most"):
        parse("1" * (MAX_LENGTH + 1), T413)
    assert parse("|".join(["1"] * 500), T413) == 1


def test_nesting_has_a_limit_and_ends_in_a_sentence() -> None:
    deep = "(" * MAX_DEPTH + "1" + ")" * MAX_DEPTH
    assert parse(deep, T413) == 1
    with pytest.raises(InputError, match=f"character {MAX_DEPTH + 1} are nested too deeply"):
        parse(f"({deep})", T413)
    with pytest.raises(InputError, match="nested too deeply"):
        parse("(" * MAX_LENGTH, T413)
    assert parse("~" * (MAX_LENGTH - 1) + "1", T413) == T413.all_bits - 1


def test_parentheses_side_by_side_are_not_nested() -> None:
    assert parse("|".join(["(1)"] * (MAX_DEPTH + 1)), T413) == 1


def test_an_error_does_not_repeat_an_endless_name() -> None:
    with pytest.raises(InputError) as error:
        parse("A" * MAX_LENGTH, T413)
    assert len(str(error.value)) < 200


@given(st.text(max_size=40))
def test_any_text_is_a_mask_or_one_line(text: str) -> None:
    try:
        mask = parse(text, T413)
    except InputError as error:
        assert "\n" not in str(error)
        assert str(error).isprintable()
    else:
        assert 0 <= mask <= WORD


@dataclass(frozen=True)
class Written:
    """An expression with the value Python gives it, computed on the way."""

    text: str
    value: int


def leaf(known: Table) -> st.SearchStrategy[Written]:
    names = st.sampled_from(sorted(known.names)).map(lambda n: Written(n, known.names[n]))
    numbers = st.integers(0, WORD)
    return names | st.one_of(
        numbers.map(lambda n: Written(f"{n:#x}", n)),
        numbers.map(lambda n: Written(str(n), n)),
        numbers.map(lambda n: Written(f"0{n:o}", n)),
    )


def grow(smaller: st.SearchStrategy[Written]) -> st.SearchStrategy[Written]:
    signs = st.sampled_from([("|", operator.or_), ("&", operator.and_), ("^", operator.xor)])
    pair = st.tuples(smaller, signs, smaller).map(
        lambda t: Written(f"({t[0].text}) {t[1][0]} ({t[2].text})", t[1][1](t[0].value, t[2].value))
    )
    return pair | smaller.map(lambda w: Written(f"~({w.text})", ~w.value))


@given(st.recursive(leaf(T413), grow, max_leaves=8))
def test_values_agree_with_python(written: Written) -> None:
    if len(written.text) > MAX_LENGTH:
        return
    expected = written.value if written.value >= 0 else written.value & T413.all_bits
    assert parse(written.text, T413) == expected


@given(st.lists(st.sampled_from("1248"), min_size=2, max_size=8), st.data())
def test_precedence_is_that_of_python_and_c(operands: list[str], data: st.DataObject) -> None:
    signs = [data.draw(st.sampled_from("|&^")) for _ in operands[1:]]
    text = operands[0] + "".join(s + n for s, n in zip(signs, operands[1:], strict=True))
    assert parse(text, T413) == eval(text, {"__builtins__": {}})


@given(st.integers(0, WORD), TABLES)
def test_a_printed_mask_reads_back_as_itself(mask: int, known: Table) -> None:
    assert parse(to_string(mask, known), known) == mask


@given(st.integers(0, WORD), TABLES)
def test_a_printed_mask_repeats_no_bit(mask: int, known: Table) -> None:
    parts = [parse(part, known) for part in to_string(mask, known).split("|")]
    assert sum(parts) == mask


@pytest.mark.parametrize(
    ("version", "mask", "printed"),
    [
        ("4.13", 0, "0x0"),
        ("4.13", 0x14000C0, "GFP_KERNEL"),
        ("4.13", 0x14310CA, "GFP_HIGHUSER_MOVABLE|__GFP_NORETRY|__GFP_NOMEMALLOC"),
        ("4.13", 0x14000C1, "GFP_KERNEL|GFP_DMA"),
        ("4.13", 0x10000C0, "GFP_NOWAIT|__GFP_IO|__GFP_FS"),
        ("4.13", 0x14000D0, "GFP_TEMPORARY"),
        ("4.14", 0x14000D0, "GFP_KERNEL|__GFP_RECLAIMABLE"),
        ("4.13", 0x400000, "__GFP_DIRECT_RECLAIM"),
        ("4.13", 0x1400000, "GFP_NOIO"),
        ("4.13", 0x1411200, "GFP_NOIO|__GFP_NOWARN|__GFP_NORETRY|__GFP_NOMEMALLOC"),
        ("4.13", 0x4342CA, "GFP_TRANSHUGE"),
        ("4.13", 0x82000100, "__GFP_COLD|0x82000000"),
        ("4.18", 0x6000C0, "GFP_KERNEL"),
        ("4.19", 0x6000C0, "GFP_KERNEL"),
        ("5.8", 0x192CCA, "GFP_HIGHUSER_MOVABLE|__GFP_NOWARN|__GFP_NORETRY|__GFP_NOMEMALLOC"),
        ("5.8", 0x800, "GFP_NOWAIT"),
        ("6.8", 0x800, "__GFP_KSWAPD_RECLAIM"),
        ("6.8", 0x2800, "GFP_NOWAIT"),
        ("6.8", 0x200, "0x200"),
    ],
)
def test_printing(version: str, mask: int, printed: str) -> None:
    assert to_string(mask, table(version)) == printed


def test_the_kernel_prints_nolockdep_as_a_number() -> None:
    assert to_string(0x2000000, table("4.13", ["CONFIG_LOCKDEP"])) == "0x2000000"


@pytest.mark.parametrize("mask", [-1, 1 << 32])
def test_what_does_not_fit_is_not_printed(mask: int) -> None:
    with pytest.raises(InputError, match="is not a GFP mask; valid: 0x0 to 0xffffffff"):
        to_string(mask, T413)


def test_names_in_an_expression() -> None:
    assert names_in("GFP_DMA | 0x40 & ~__GFP_IO | GFP_DMA") == ["GFP_DMA", "__GFP_IO"]
