"""Store anew what explains the stored sweep of guesses, after it has been computed again:
python -m tools.store_shares."""

from __future__ import annotations

import json
import sys
from dataclasses import astuple

from oomlab.evidence.sensitivity import OUTCOMES, STORED, Share, shares
from oomlab.evidence.sweep.store import stored

DIGITS = 4
"""Of a share, digits behind the point that are kept: far more than the interval allows."""


def computed() -> dict[str, list[Share]]:
    """The shares in each outcome, rounded as they are stored."""
    results = stored("guesses")
    return {
        outcome: [
            Share(one.source, round(one.share, DIGITS), round(one.within, DIGITS))
            for one in shares(results, outcome)
        ]
        for outcome in OUTCOMES
    }


def main() -> int:
    """Command line."""
    lines = {outcome: [astuple(one) for one in found] for outcome, found in computed().items()}
    STORED.write_text(json.dumps(lines, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
