"""The RFC's idea on a desk: callers ask, a thread walks the chain; both sides can be replaced."""

from oomlab.course.protocol.judging import check_protocol, check_shows, check_told
from oomlab.course.protocol.model import DESK_CLAIMS, OLD, OVERLAP, desk, desk_names, walk

__all__ = [
    "DESK_CLAIMS",
    "OLD",
    "OVERLAP",
    "check_protocol",
    "check_shows",
    "check_told",
    "desk",
    "desk_names",
    "walk",
]
