"""What a machine would print while a scenario runs: the kernel's log, in the forms of a release.

The routines and the detectors decide what is said, when and about whom; this room knows the words.
Numbers come from the model (a page is 4 KiB), a task's name is its comm, and what no model has
(process numbers, addresses, offsets) is made up, the same at each call.
"""

from oomlab.dmesg.style import FIRST, LATEST, Style
from oomlab.dmesg.writer import dmesg_lines

__all__ = ["FIRST", "LATEST", "Style", "dmesg_lines"]
