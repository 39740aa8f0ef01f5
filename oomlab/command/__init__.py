"""What the command `oomlab` prints."""
