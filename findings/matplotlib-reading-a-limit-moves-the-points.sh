#!/usr/bin/env bash
# Where on the picture does a data point lie? Asked in a script, between two plots, and once more after reading a limit.
#
# Package: matplotlib 3.11.2 (PyPI)
# Expected: `ax.transData` is live: it answers for what has been plotted so far; and reading a limit, a property or a bounding box changes nothing.
# Really: It answers for the axes as they were when somebody last looked: the point at the right edge lies 155 widths of the figure away. Reading `ax.get_xlim()` makes it right, so a line put in to see what is wrong mends it; after the next plot it is out of date again. Reading `dataLim` is no look.
# Seen: 2026-11-29
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install matplotlib==3.11.2

cat > "$box/ask.py" <<'END'
import matplotlib

matplotlib.use("svg")
import matplotlib.pyplot as plt

figure, ax = plt.subplots(figsize=(6, 4), dpi=100)


def where(when):
    across = ax.transData.transform((200, 50))[0] / figure.bbox.width
    print(f"{when}: {across:.2f} of the figure's width")


ax.plot([0, 200], [0, 50])
where("plotted up to 200")
ax.dataLim.bounds
where("dataLim read")
ax.get_xlim()
where("get_xlim() read")
ax.plot([0, 400], [0, 100])
where("plotted up to 400")
ax.get_xlim()
where("get_xlim() read")
END
seen=$(MPLCONFIGDIR=$box "$box/venv/bin/python" "$box/ask.py")
printf '%s\n' "$seen"
[ "$seen" = "plotted up to 200: 155.12 of the figure's width
dataLim read: 155.12 of the figure's width
get_xlim() read: 0.86 of the figure's width
plotted up to 400: 0.86 of the figure's width
get_xlim() read: 0.51 of the figure's width" ] || { echo "This has changed." >&2; exit 1; }
