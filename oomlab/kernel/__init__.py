"""The kernel routines, each in a file named like the kernel file it imitates."""
