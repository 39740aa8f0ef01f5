"""The HTML of a stepper: a slider with buttons, all of them ordinary form elements."""

from __future__ import annotations

from html import escape

from oomlab.widgets.stepper import Stepper

_MOVES = (
    ("first", "|◀", "To the start"),
    ("back", "◀", "One step back"),
    ("forward", "▶", "One step forward"),
    ("last", "▶|", "To the end"),
)
"""Name, sign and words of the buttons around `play`."""


def stepper_html(control: Stepper, ident: str) -> str:
    """The control as an element of a panel's form; the buttons come to life with its script."""
    said = escape(control.told(control.start))
    back, forward = _MOVES[:2], _MOVES[2:]
    return "".join(
        (
            '<div class="oom-control oom-stepper"><div class="oom-slider">',
            f'<label for="{ident}">{escape(control.label)}</label>',
            f'<output for="{ident}" aria-live="off">{said}</output>',
            f'<input type="range" id="{ident}" name="{control.name}" min="0" max="{control.last}"',
            f' step="1" value="{control.start}" aria-valuetext="{said}"></div>',
            f'<div class="oom-moves" role="group" aria-label="{escape(control.label)}: go">',
            *(_sign(*move) for move in back),
            '<button type="button" data-go="play">Play</button>',
            *(_sign(*move) for move in forward),
            '<button type="button" data-go="matters">Next that matters</button></div>',
            '<div class="oom-moves" role="group" aria-label="Next step of one task">',
            '<span class="oom-moves-of" aria-hidden="true">Next step of</span>',
            *(
                f'<button type="button" data-go="task" data-task="{number}">'
                f'<span class="oom-hidden">Next step of </span>{escape(task)}</button>'
                for number, task in enumerate(control.tasks)
            ),
            "</div></div>",
        )
    )


def _sign(name: str, sign: str, words: str) -> str:
    return (
        f'<button type="button" data-go="{name}" aria-label="{words}" title="{words}">'
        f'<span aria-hidden="true">{sign}</span></button>'
    )
