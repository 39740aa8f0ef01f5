"""A release of the kernel: in the order of time, which neither numbers nor texts have."""

from __future__ import annotations

import re
from dataclasses import dataclass
from numbers import Integral, Real
from typing import TypeAlias

from oomlab.errors import InputError, shown

_FORM = re.compile(r"v?(\d{1,4})\.(\d{1,4})(?![\d])(?:[.\-+~_ ].*)?", re.DOTALL)


@dataclass(frozen=True, order=True, slots=True, repr=False)
class KernelRelease:
    """`major` and `minor`, as in Linux 4.13. What follows them, a stable update or a
    distributor's build, changes nothing that the model knows.

    Two are compared by their numbers: 4.9 is before 4.13, which as a number is smaller.
    """

    major: int
    minor: int

    @classmethod
    def of(cls, spelled: object) -> KernelRelease:
        """The release that is meant by "4.13", "v6.1", "5.15.0-91-generic", or by a number such
        as 4.13, as older files have it (which cannot mean 4.10: that is 4.1).

        Raises InputError for anything else.
        """
        release = cls.meant(spelled)
        if release is None:
            raise InputError(f"{shown(spelled)} is no release of the kernel; valid: e.g. 4.13")
        return release

    @classmethod
    def meant(cls, spelled: object) -> KernelRelease | None:
        """As `of`, but None for anything else."""
        if isinstance(spelled, KernelRelease):
            return spelled
        if isinstance(spelled, Real) and not isinstance(spelled, Integral):
            try:
                spelled = repr(float(spelled))
            except OverflowError:  # a fraction of huge whole numbers
                return None
        found = _FORM.fullmatch(spelled.strip()) if isinstance(spelled, str) else None
        return cls(int(found[1]), int(found[2])) if found else None

    @property
    def plain(self) -> float | str:
        """The release as JSON and traces carry it: a number, as they always did, where that says
        it; otherwise (4.10 would be read as 4.1) a text."""
        number = float(str(self))
        return number if str(number) == str(self) else str(self)

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"

    __repr__ = __str__  # what is drawn in a run depends on how its settings are written


Spelled: TypeAlias = KernelRelease | float | str
"""What `KernelRelease.of` understands."""
