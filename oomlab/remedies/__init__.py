"""Remedies: what the thread proposed, each a way of running the chain or of driving the balloon."""

from oomlab.remedies.remedy import REMEDIES, Delivery, Remedy, find_remedy

__all__ = ["REMEDIES", "Delivery", "Remedy", "find_remedy"]
