"""From bytes to the kernel's own words: blocks of lines, and lines without their prefixes."""
