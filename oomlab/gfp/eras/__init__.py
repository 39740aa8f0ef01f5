"""GFP masks by era: which numbers and names a release has, and what that rests on.

`before_names`, `with_names` and `by_build` say what changed with which release; `era` makes the
eras from that, `spelling` and `vendors` find the era of a release string.
"""

from __future__ import annotations

from oomlab.gfp.eras.era import ERAS, Era
from oomlab.gfp.eras.spelling import NamedKernel, era_of, kernel_named

__all__ = ["ERAS", "Era", "NamedKernel", "era_of", "kernel_named"]
