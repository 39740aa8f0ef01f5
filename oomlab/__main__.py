"""`python -m oomlab` is the `oomlab` command."""

import sys

from oomlab.command import console

if __name__ == "__main__":
    sys.exit(console())
