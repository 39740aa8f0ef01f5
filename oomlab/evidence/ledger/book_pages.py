"""The ledger as HTML for the book's pages. All text is escaped; `code` in backquotes is set as
code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape

from oomlab.analysis.milestones import schedule_milestones
from oomlab.checked import checked
from oomlab.engine.trace.narration import tell_step
from oomlab.evidence.ledger.claims import CLAIMS, Word
from oomlab.evidence.ledger.claims_report import Judged, judge_claims
from oomlab.evidence.ledger.findings import (
    FINDINGS,
    OFFLOADS,
    RFC,
    CannotBeShown,
    Finding,
    Measured,
    Witnessed,
)
from oomlab.evidence.ledger.findings.finding import Trail
from oomlab.evidence.ledger.findings_report import Reviewed
from oomlab.evidence.ledger.reading import Reading
from oomlab.experiment import replay

SHORT = {"has it": "has&nbsp;it", "free of it": "free", "not seen": "not seen"}
"""An answer as it stands in a cell of a table."""

HEADS = {"offload": "RFC", "offload-sequence": "1st repair", "offload-repaired": "2nd repair"}
"""Remedies as they stand over the columns of a table."""

VERBS = {"has it": "has it", "free of it": "is free of it", "not seen": "did not show it"}
"""An answer as it stands behind a remedy."""


def in_html(text: str) -> str:
    """Plain text with `code` in backquotes, escaped."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(text))


@checked
def claims_html(word: Word, titles: Mapping[str, str]) -> str:
    """All claims of one word, with their figures computed now. `titles`: the chapters there are, by
    the names of their files."""
    chosen = [claim for claim in CLAIMS.values() if claim.word == word]
    return "\n".join(_claim(one, titles) for one in judge_claims(chosen))


def _claim(one: Judged, titles: Mapping[str, str]) -> str:
    claim = one.claim
    shown = titles.get(claim.chapter)
    where = f' Shown in <a href="{claim.chapter}.html">{escape(shown)}</a>.' if shown else ""
    when = f"{claim.when.day} {claim.when:%B %Y}"
    count = "One figure" if len(one.figures) == 1 else f"{len(one.figures)} figures"
    return (
        f'<div class="oom-entry" id="claim-{claim.number}">'
        f"<p><strong>{claim.number}.</strong> {escape(claim.who)}, {when}:"
        f" <em>{in_html(claim.said)}</em></p>"
        f"<p><strong>{claim.word.capitalize()}.</strong> {in_html(claim.because)}{where}</p>"
        f"<details><summary>{count}</summary>{_figures(one.figures)}</details>"
        "</div>"
    )


def _figures(figures: tuple[Reading, ...]) -> str:
    items = "".join(
        f"<li>{escape(_capital(figure.what))}: <strong>{escape(figure.text)}</strong></li>"
        for figure in figures
    )
    return f"<ul>{items}</ul>"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def offloads_table() -> str:
    """Which finding holds for the RFC and for each of its repairs, as it is declared: the tests and
    the page of findings hold each answer against the model."""
    rows = "".join(
        f'<tr><th scope="row"><a href="findings.html#{finding.id}">{finding.id}</a>'
        f" {in_html(finding.title)}</th>{_answers(finding)}</tr>"
        for finding in FINDINGS.values()
        if finding.is_defect
    )
    heads = "".join(f'<th scope="col">{HEADS[remedy]}</th>' for remedy in OFFLOADS)
    return (
        '<div class="oom-wide" tabindex="0" role="region" aria-label="Findings and repairs">'
        f'<table><thead><tr><th scope="col">Finding</th>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></div>"
    )


def _answers(finding: Finding) -> str:
    if finding.offloads is None:
        return f'<td colspan="{len(OFFLOADS)}">cannot be shown</td>'
    return "".join(f"<td>{_cell(answer)}</td>" for answer in finding.offloads)


def _cell(answer: str) -> str:
    short = SHORT[answer]
    return f"<strong>{short}</strong>" if answer == "has it" else short


@checked
def findings_html(reviewed: Sequence[Reviewed]) -> str:
    """Findings with what shows them under the RFC; what is said of the repairs is as declared."""
    return "\n".join(map(_finding, reviewed))


def _finding(reviewed: Reviewed) -> str:
    finding = reviewed.finding
    kind = "" if finding.is_defect else " (looked at, and no defect)"
    lines = [
        f'<section class="oom-entry" id="{finding.id}">',
        f"<h3>{finding.id}. {in_html(finding.title)}{kind}</h3>",
        f"<p>{in_html(finding.what)}</p>",
        f"<p><strong>Effect:</strong> {in_html(finding.effect)}</p>",
        *_evidence(reviewed),
    ]
    if finding.note:
        lines.append(f"<p><strong>Our repairs:</strong> {in_html(finding.note)}</p>")
    return "".join((*lines, "</section>"))


def _evidence(reviewed: Reviewed) -> Iterator[str]:
    evidence = reviewed.finding.evidence
    if isinstance(evidence, CannotBeShown):
        yield f"<p><strong>Not shown:</strong> {in_html(evidence.reason)}</p>"
        return
    shown = reviewed.shown[RFC]
    given = ", ".join(
        f"<code>{name}={value}</code>" for name, value in evidence.given.items() if name != "ghosts"
    )
    machine = f"<code>{evidence.scenario}</code>{' with ' + given if given else ''}"
    match evidence:
        case Witnessed():
            yield from (_schedule(way, machine) for way in shown.ways)
        case Measured():
            yield (
                f"<details><summary>Timed runs of {machine}</summary>{_figures(shown.figures)}"
                "</details>"
            )
    yield f"<p>{_who_has_it(reviewed.finding)}</p>"


def _schedule(way: Trail, machine: str) -> str:
    trace = replay(way.replay)
    stones = schedule_milestones(trace)
    items = "".join(
        f'<li value="{step}">{escape(tell_step(trace, step))}</li>'
        for step, stone in enumerate(stones, start=1)
        if stone.matters or step == len(stones)
    )
    return (
        f"<details><summary>After {way.steps} steps of {machine}, {escape(way.label)}</summary>"
        f"<p>The steps that matter, with their numbers:</p><ol>{items}</ol>"
        f"<p>All of them: <code>oomlab replay '{escape(way.replay)}'</code></p></details>"
    )


def _who_has_it(finding: Finding) -> str:
    assert finding.offloads is not None
    said = (
        f"{'The RFC' if remedy == RFC else f'<code>{remedy}</code>'} {VERBS[answer]}"
        for remedy, answer in zip(OFFLOADS, finding.offloads, strict=True)
    )
    return "; ".join(said) + "."
