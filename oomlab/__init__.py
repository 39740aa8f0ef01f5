"""A model of the Linux OOM-notifier discussion of autumn 2017, to run, to explore and to see."""

__version__ = "0.1.0"
