#!/usr/bin/env bash
# A reference made by autodoc with short names of types: what does a parameter look like beside one whose default is no Python?
#
# Package: sphinx 7.4.7, sphinx 9.0.4 (PyPI)
# Expected: `autodoc_typehints_format = "short"` writes each type by its last name. A default that cannot be read back, such as `<function <lambda>>`, is shown as it is and concerns nobody else.
# Really: In 7.4.7, which jupyter-book 1 is held to, that one default has the whole signature set as plain text, and the mark by which Sphinx shortens a name stays in it: every other parameter of a class's type shows `~module.Class`, tilde and all. The build succeeds without a warning. In 9.0.4 the names are short.
# Seen: 2026-11-30
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
mkdir "$box/pages"
cat > "$box/pages/shop.py" <<'END'
class Tool:
    """A tool."""


def lend(tool: Tool, days: int = 1) -> None:
    """Lend it."""


def sort(tool: Tool, key=lambda tool: 0) -> None:
    """Sort it."""
END
cat > "$box/pages/conf.py" <<'END'
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
extensions = ["sphinx.ext.autodoc"]
autodoc_typehints_format = "short"
END
printf 'Shop\n====\n\n.. autofunction:: shop.lend\n.. autofunction:: shop.sort\n' > "$box/pages/index.rst"
for sphinx in 7.4.7 9.0.4; do python3 -m venv --without-pip "$box/$sphinx"; done
python3 -m pip --python "$box/7.4.7/bin/python" -qq install sphinx==7.4.7
python3 -m pip --python "$box/9.0.4/bin/python" -qq install sphinx==9.0.4
all=
for sphinx in 7.4.7 9.0.4; do
  "$box/$sphinx/bin/python" -m sphinx -q -W -b text "$box/pages" "$box/$sphinx/site"
  all+="Sphinx $sphinx:"$'\n'"$(grep '^shop' "$box/$sphinx/site/index.txt")"$'\n'
done
printf '%s' "$all"
[ "$all" = 'Sphinx 7.4.7:
shop.lend(tool: Tool, days: int = 1) -> None
shop.sort(tool: ~shop.Tool, key=<function <lambda>>) -> None
Sphinx 9.0.4:
shop.lend(tool: Tool, days: int = 1) -> None
shop.sort(tool: Tool, key=<function <lambda>>) -> None
' ] || { echo "This has changed." >&2; exit 1; }
