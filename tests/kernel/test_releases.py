"""The registry of differences between releases, and what follows from it."""

from __future__ import annotations

import ast
from dataclasses import fields, replace
from pathlib import Path

import pytest

import oomlab
from oomlab import errors
from oomlab.kernel.releases import DIFFERENCES, KERNELS, Difference, Traits, traits_of
from oomlab.kernel_release import KernelRelease
from oomlab.remedies import REMEDIES

PACKAGE = Path(oomlab.__file__).parent
TRAITS = [trait.name for trait in fields(Traits)]
BOOK = Path(__file__).parents[2] / "book"


def just_before(release: KernelRelease) -> KernelRelease:
    """A release that is older than this one and younger than any other that has a row."""
    return KernelRelease(release.major, release.minor - 1) if release.minor else KernelRelease(
        release.major - 1, 9999
    )  # fmt: skip


def asked_for() -> set[str]:
    """The traits that some routine of the package asks for: x.traits.NAME, or of what
    `traits_of` has given."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name != "releases":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return found


def test_every_trait_is_asked_for_somewhere() -> None:
    assert set(TRAITS) - asked_for() == set()


def test_no_routine_compares_releases() -> None:
    for room in ("kernel", "listeners", "remedies"):
        for path in (PACKAGE / room).rglob("*.py"):
            if path.parent.name == "releases":
                continue
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                names = {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}
                compared = isinstance(node, ast.Compare) and any("KERNEL_" in n for n in names)
                assert not compared, f"{path.name}: ask for a trait, not for a release"


@pytest.mark.parametrize("difference", DIFFERENCES.values(), ids=lambda d: d.name)
def test_every_difference_makes_a_difference_or_says_why_none(difference: Difference) -> None:
    before, since = traits_of(just_before(difference.since)), traits_of(difference.since)
    if difference.why_none:
        assert difference.why_none.endswith(".")
    for name, value in difference.traits.items():
        assert getattr(since, name) == value != getattr(before, name)
    if difference.until is not None:
        assert traits_of(difference.until) != replace(
            traits_of(difference.until), **difference.traits
        )


@pytest.mark.parametrize("trait", TRAITS)
def test_every_trait_is_switched_by_a_difference(trait: str) -> None:
    assert any(trait in difference.traits for difference in DIFFERENCES.values())


def test_4_13_is_where_they_all_begin() -> None:
    assert traits_of("4.13") == Traits() == traits_of("3.10")
    assert all(one.since > KERNELS[0] for one in DIFFERENCES.values())
    assert [one.since for one in DIFFERENCES.values()] == sorted(
        one.since for one in DIFFERENCES.values()
    )


def test_no_two_modelled_releases_are_alike() -> None:
    assert len({traits_of(kernel) for kernel in KERNELS}) == len(KERNELS)


@pytest.mark.parametrize(
    ("release", "balloon"),
    [
        ("4.14", "mainline"),
        ("4.15", "allocate-outside"),
        ("4.19", "shrinker"),
        ("5.6", "shrinker"),
        ("5.7", "allocate-outside"),
        ("7.3", "allocate-outside"),
    ],
)
def test_the_balloon_moves_and_comes_back(release: str, balloon: str) -> None:
    assert traits_of(release).balloon == balloon
    assert balloon in REMEDIES


@pytest.mark.parametrize(
    ("release", "told"),
    [("4.14", "each task"), ("4.15", "none"), ("6.12", "none"), ("7.3", "one in ten seconds")],
)
def test_the_stall_warning_went_away_and_came_back(release: str, told: str) -> None:
    assert traits_of(release).stall_warnings == told


def test_a_release_between_two_modelled_ones_is_answered_too() -> None:
    assert traits_of("5.18").reaper_delay_s == 2.0 and traits_of("v5.17.4").reaper_delay_s == 0
    with pytest.raises(errors.InputError, match="no release of the kernel"):
        traits_of("yesterday")


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"traits": {"wings": True}}, "there is no trait wings"),
        ({"traits": {}}, "say which trait changes, or why none does"),
        ({"traits": {"balloon": "x"}, "why_none": "No."}, "not both"),
        (
            {"traits": {"balloon": "x"}, "until": KernelRelease(4, 14)},
            "ends with 4.14, before it begins",
        ),
    ],
)
def test_a_difference_that_makes_no_sense_is_refused(given: dict[str, object], says: str) -> None:
    with pytest.raises(errors.ModelError, match=says):
        Difference("d", "W.", KernelRelease(4, 14), "", **given)  # type: ignore[arg-type]


@pytest.mark.parametrize("difference", DIFFERENCES.values(), ids=lambda d: d.name)
def test_what_it_shows_in_is_a_heading_of_the_book(difference: Difference) -> None:
    for place in difference.shows:
        page, _, anchor = place.partition("#")
        lines = (BOOK / f"{page}.md").read_text(encoding="utf-8").splitlines()
        titles = [line.lstrip("# ") for line in lines if line.startswith("#")]
        slugs = {
            "-".join("".join(c for c in title.lower() if c.isalnum() or c in " _").split())
            for title in titles
        }
        assert anchor in slugs, f"{difference.name}: {page}.md has {sorted(slugs)}"
