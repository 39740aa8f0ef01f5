"""From a text to the masks in it: `read_printed`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from oomlab.checked import checked
from oomlab.errors import InputError, shown
from oomlab.gfp.eras import ERAS, Era, NamedKernel, kernel_named
from oomlab.gfp.expression import check, parse
from oomlab.gfp.printed.beside import LIKENESSES, SETTLED, Agreement, agreements, disagreement
from oomlab.gfp.printed.mask import PrintedMask
from oomlab.gfp.printed.readings import against, problem, readings, spans
from oomlab.gfp.printed.scan import FoundMask, kernel_in, masks_in
from oomlab.gfp.tables import known_options, table_of

NUMBER = re.compile(r"\s*[0-9][0-9A-Za-z]*\s*")
"""A number alone, as an expression has it."""

MUCH = 6
"""By how much another reading has to be the likelier one to be mentioned (our choice)."""

FORMS = "0xcc0, 0xcc0(GFP_KERNEL), or a log line with gfp_mask=0x... or mode:0x..."


@checked
def read_printed(
    text: str, *, kernel: str | None = None, config: Iterable[str] = ()
) -> PrintedMask:
    """The first mask that `text` shows: a line of a log, two lines, a part of one, a number.

    `kernel`: the release that printed it, as uname or the log says it; without it, what the text
    itself says ("Not tainted 6.1.0-18-amd64"). `config`: build options that give flags a bit.
    Raises InputError if there is no mask in the text, if it does not fit gfp_t, for what is no
    release, and for an unknown option.
    """
    return _all(text, kernel, config)[0]


@checked
def all_printed(
    text: str, *, kernel: str | None = None, config: Iterable[str] = ()
) -> tuple[PrintedMask, ...]:
    """Every mask that `text` shows, in order ("Unexpected gfp" lines have two). Raises InputError
    as `read_printed` does."""
    return _all(text, kernel, config)


def _all(text: str, kernel: str | None, config: Iterable[str]) -> tuple[PrintedMask, ...]:
    found = masks_in(text)
    if not found:
        if not NUMBER.fullmatch(text):
            raise InputError(f"there is no GFP mask in {shown(text)}; valid: {FORMS}")
        found = [FoundMask(text.strip(), parse(text, table_of(ERAS[-1])), None)]
    options = known_options(config)
    kernel = _named_in(text) if kernel is None else kernel
    read = tuple(_read(one, kernel, options) for one in found)
    return read if len(read) == 1 or kernel is not None else _of_one_kernel(read)


def _named_in(text: str) -> str | None:
    """The release that `text` names, if it is one that the eras know."""
    named = kernel_in(text)
    try:
        return None if named is None else kernel_named(named).spelled
    except InputError:
        return None


def _of_one_kernel(read: tuple[PrintedMask, ...]) -> tuple[PrintedMask, ...]:
    """Masks of one text come from one kernel: the eras that all of them fit, if there are any."""
    different = {id(one): one for one in read}
    common = set(read[0].eras).intersection(*(one.eras for one in different.values()))
    if not common:
        return read
    eras = tuple(sorted(common, key=lambda era: (era.rank, era.first)))
    agreed = {
        key: replace(one, eras=eras, table=table_of(eras[0], one.table.config))
        for key, one in different.items()
    }
    return tuple(agreed[id(one)] for one in read)


@lru_cache(maxsize=8192)
def _read(found: FoundMask, kernel: str | None, config: frozenset[str]) -> PrintedMask:
    check(found.value)
    said = None if kernel is None else kernel_named(kernel)
    plain = PrintedMask(
        found.text,
        found.value,
        found.names,
        found.order,
        said,
        table_of(said.era if said else ERAS[-1], config, said.version if said else ""),
        "said" if said else "number",
        (),
        readings(found.value, config),
        doubts=said.notes if said else (),
    )
    if found.names is not None and (found.value or found.names):
        return _by_names(plain, found.cut, config)
    return _by_kernel(plain, said, config) if said else _by_number(plain, config)


def _by_names(mask: PrintedMask, cut: bool, config: frozenset[str]) -> PrintedMask:
    """The era whose kernels print these names for this number."""
    assert mask.printed is not None
    found = agreements(mask.value, mask.printed, cut, config)
    if not found:
        return _names_that_fit_nowhere(mask, config)
    said = mask.kernel
    doubts = mask.doubts
    likeness = found[0].likeness
    mask = replace(mask, settled=likeness in SETTLED)
    if LIKENESSES[likeness]:
        doubts = (*doubts, LIKENESSES[likeness])
    eras = tuple(one.era for one in sorted(found, key=lambda one: one.era.rank))
    used = min(found, key=lambda one: _far(one, said))
    if said and used.era is said.era:
        numbers = table_of(used.era, used.config, said.version)
        return replace(mask, table=numbers, eras=(said.era,), doubts=(*doubts, *_of(said.era)))
    told = ""
    if said:
        told = (
            f"Linux {said.version} ({said.spelled}) does not print this: number and names agree on "
            f"Linux {spans(eras)} only"
        )
        if said.may_be_newer:
            doubts, told = (*doubts, told), ""
    numbers = table_of(used.era, used.config, said.version if said else "")
    return replace(mask, table=numbers, how="names", eras=eras, doubts=doubts, disagreement=told)


def _far(one: Agreement, said: NamedKernel | None) -> tuple[int, int, int]:
    """Which of several eras to use: the nearest to what was said, else the one most logs are of."""
    if said is None:
        return one.unknown, one.era.rank, 0
    step = ERAS.index(one.era) - ERAS.index(said.era)
    return abs(step), -step, 0


def _names_that_fit_nowhere(mask: PrintedMask, config: frozenset[str]) -> PrintedMask:
    assert mask.printed is not None
    read = _by_kernel(mask, mask.kernel, config) if mask.kernel else _by_number(mask, config)
    return replace(read, disagreement=disagreement(mask.value, mask.printed, read.table))


def _by_kernel(mask: PrintedMask, said: NamedKernel, config: frozenset[str]) -> PrintedMask:
    """The era that was given, unless the number cannot come from it."""
    here = problem(mask.value, mask.table)
    likeliest = mask.readings[0]
    doubts = (*mask.doubts, *_of(said.era))
    told = ""
    if here:
        told = f"no request of Linux {said.version} has this mask: {here}"
        if not likeliest.problem and said.era not in likeliest.eras:
            told += f"; on Linux {likeliest.spans} it is {'|'.join(likeliest.names)}"
    elif said.takes_back and said.era not in likeliest.eras:
        later = [era for era in likeliest.eras if era.first > said.era.first]
        if later and likeliest.against < against(mask.value, mask.table):
            numbers = table_of(min(later, key=lambda era: era.first), config, said.version)
            note = f"read with the later numbers of Linux {likeliest.spans}, which fit better"
            return replace(mask, table=numbers, eras=tuple(later), doubts=(*mask.doubts, note))
    elif likeliest.against + MUCH <= against(mask.value, mask.table):
        doubts = (
            *doubts,
            f"unusual for Linux {said.version}: on Linux {likeliest.spans} it would be "
            f"{'|'.join(likeliest.names)}",
        )
    return replace(mask, eras=(said.era,), disagreement=told, doubts=doubts)


def _by_number(mask: PrintedMask, config: frozenset[str]) -> PrintedMask:
    """The likeliest of all eras."""
    likeliest = mask.readings[0]
    told = f"no known kernel has this mask: {likeliest.problem}" if likeliest.problem else ""
    return replace(
        mask, table=table_of(likeliest.era, config), eras=likeliest.eras, disagreement=told
    )


def _of(era: Era) -> tuple[str, ...]:
    return (f"not established: {era.doubt}",) if era.doubt else ()
