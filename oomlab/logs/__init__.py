"""Logs of real machines."""
