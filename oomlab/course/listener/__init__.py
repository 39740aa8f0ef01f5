"""A driver on the OOM notifier chain whose callback a student writes, and where it is tried."""

from oomlab.course.listener.driver import about_driver, alloc_page, driver_names
from oomlab.course.listener.judging import (
    check_gives_back,
    check_listener,
    check_listener_code,
    check_unsafe_places,
    check_visit,
    first_of_lockup,
)
from oomlab.course.listener.places import PLACES, called_from

__all__ = [
    "PLACES",
    "about_driver",
    "alloc_page",
    "called_from",
    "check_gives_back",
    "check_listener",
    "check_listener_code",
    "check_unsafe_places",
    "check_visit",
    "driver_names",
    "first_of_lockup",
]
