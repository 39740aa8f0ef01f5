"""The OOM notifiers of Linux 4.13, each in a file named like the driver it imitates."""
