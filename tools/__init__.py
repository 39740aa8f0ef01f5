"""Scripts behind the Makefile; run from the root of the repository as `python -m tools.NAME`."""
