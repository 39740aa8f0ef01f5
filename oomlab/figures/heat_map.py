"""The heat map: a hazard a row, a remedy a column, and in each cell what becomes of it.

HTML in letters and per cent: one drawing for every width. Each outcome has a shape, a colour and a
letter of its own, and each cell is a link to its run. Where there is little room a hazard's name
stands above its cells (widgets/heat.css).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from oomlab.brief import brief
from oomlab.checked import checked
from oomlab.errors import InputError

SIGNS: Mapping[str, tuple[str, str]] = {
    "deadlock": ("D", "deadlock: everybody waits, for ever"),
    "livelock": ("L", "livelock: tasks go round in circles, for ever"),
    "kill": ("K", "ends, but a process is killed"),
    "slow": ("S", "ends, but a request waits more than 0.1 s"),
    "fine": ("✓", "ends soon, and nobody is killed"),
    "absent": ("–", "this release does not have that code"),
}
"""Letter and meaning of each outcome, the worst first."""

_SAME = "the remedy changes nothing here"


@brief
@dataclass(frozen=True)
class MapColumn:
    """A remedy. `name`: in links; `title`: for people; `own`: is it what the release does?"""

    name: str
    title: str
    own: bool = False


@brief
@dataclass(frozen=True)
class MapRow:
    """A hazard. `outcomes`: per column a key of `SIGNS`; `unchanged`: per column, is the outcome
    that of the first column because the remedy changes nothing?"""

    name: str
    title: str
    outcomes: tuple[str, ...]
    unchanged: tuple[bool, ...]


@brief
@dataclass(frozen=True, slots=True)
class DrawnMap:
    """The map as HTML, all text in it escaped; `description`: one sentence; `twin`: the map in
    words, plain text, a hazard a line."""

    html: str
    description: str
    twin: str


@checked
def draw_heat_map(
    columns: Sequence[MapColumn], rows: Sequence[MapRow], kernel: str, page: str = ""
) -> DrawnMap:
    """Draw the map of one release. `page`: where the links lead, "" for the page itself.

    Raises InputError for a row that has not one outcome for each column, and for an outcome that is
    not one of `SIGNS`.
    """
    for row in rows:
        if not len(row.outcomes) == len(row.unchanged) == len(columns):
            raise InputError(f"the row {row.name!r} needs one outcome for each column")
        for outcome in row.outcomes:
            if outcome not in SIGNS:
                raise InputError(f"{outcome!r} is no outcome; valid: {', '.join(SIGNS)}")
    title = f"Hazards and remedies on Linux {kernel}"
    head = "".join(map(_head, columns))
    body = "".join(_row(row, columns, kernel, page) for row in rows)
    counts = Counter(outcome for row in rows for outcome in row.outcomes)
    html = (
        f'<div class="oom-heat oom-m-colours" style="--oom-columns:{len(columns)}">'
        f'<table role="grid" aria-label="{escape(title)}"><thead role="rowgroup">'
        f'<tr role="row"><th role="columnheader" scope="col"><span>Hazard</span></th>{head}</tr>'
        f'</thead><tbody role="rowgroup">{body}</tbody></table>{_legend(counts, rows, columns)}'
        "</div>"
    )
    return DrawnMap(html, _description(rows, columns), _twin(title, rows, columns))


def _head(column: MapColumn) -> str:
    own = ' data-own><span class="oom-hidden">what this release does: </span' if column.own else ""
    return f'<th role="columnheader" scope="col"{own}><span>{escape(column.title)}</span></th>'


def _row(row: MapRow, columns: Sequence[MapColumn], kernel: str, page: str) -> str:
    def link(remedy: str) -> str:
        return escape(f"{page}?cell={row.name}/{remedy}/{kernel}")

    cells = "".join(
        f'<td role="gridcell"><a href="{link(column.name)}" data-v="{outcome}"'
        f'{" data-same" if same else ""}><i aria-hidden="true">{SIGNS[outcome][0]}</i>'
        f'<span class="oom-hidden">{outcome}</span></a></td>'
        for column, outcome, same in zip(columns, row.outcomes, row.unchanged, strict=True)
    )
    return (
        f'<tr role="row"><th role="rowheader" scope="row">'
        f'<a href="{link("all")}">{escape(row.title)}</a></th>{cells}</tr>'
    )


def _legend(counts: Mapping[str, int], rows: Sequence[MapRow], columns: Sequence[MapColumn]) -> str:
    def key(sample: str, words: str) -> str:
        return f'<li><b aria-hidden="true"{sample}</b> {words}</li>'

    keys = [
        key(f' data-v="{name}"><i>{sign}</i>', words)
        for name, (sign, words) in SIGNS.items()
        if counts[name]
    ]
    if any(any(row.unchanged) for row in rows):
        keys.append(key(' data-v="deadlock" data-same><i>D</i>', f"pale: {_SAME}"))
    if any(column.own for column in columns):
        keys.append(key(" data-own><i>bold</i>", "what this release does by itself"))
    return f"<ul>{''.join(keys)}</ul>"


def _description(rows: Sequence[MapRow], columns: Sequence[MapColumn]) -> str:
    stuck = {
        column.title: sum(row.outcomes[number] in ("deadlock", "livelock") for row in rows)
        for number, column in enumerate(columns)
    }
    best = min(stuck.values(), default=0)
    names = _listed(name for name, count in stuck.items() if count == best)
    return (
        f"{len(rows)} hazards in {len(columns)} columns. Squares and discs never end; the fewest"
        f" stand under {names}: {best or 'none'}{' each' if best else ''}."
    )


def _twin(title: str, rows: Sequence[MapRow], columns: Sequence[MapColumn]) -> str:
    lines = [f"{title}."]
    for row in rows:
        said = []
        for outcome in SIGNS:
            pairs = zip(columns, row.outcomes, strict=True)
            names = [column.title for column, one in pairs if one == outcome]
            if names:
                said.append(f"{outcome}: {', '.join(names)}")
        lines.append(f"{row.title}: {'; '.join(said)}.")
    lines += [f"{name}: {words}." for name, (_, words) in SIGNS.items()]
    return "\n".join(lines)


def _listed(names: Iterable[str]) -> str:
    found = list(names)
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else "".join(found)
