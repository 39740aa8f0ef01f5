"""Kernel logs: the records in them about memory and waits."""
