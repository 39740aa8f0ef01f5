"""Masks as kernels print them: found in text, put into their era, held against their names.

`scan` finds them, `readings` says what a number can mean, `beside` what the names beside it say,
and `read` puts it together into a `mask`.
"""

from __future__ import annotations

from oomlab.gfp.printed.mask import PrintedMask
from oomlab.gfp.printed.read import all_printed, read_printed

__all__ = ["PrintedMask", "all_printed", "read_printed"]
