"""Generated mutants that are no faults: nothing that the model promises becomes another.

By the name of the mutant, with the reason.
"""

from __future__ import annotations

EQUIVALENT: dict[str, str] = {}
