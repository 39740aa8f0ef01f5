#!/usr/bin/env bash
# One run of 320 had no result (it never ended, say), so its value is NaN.
#
# Package: SALib 1.6.0, numpy 2.4.6, scipy 1.17.1, pandas 3.0.3
# Expected: NaN in, NaN out: the indices are NaN, or the analysis refuses.
# Really: Every Sobol index, and every confidence interval, is exactly 0.0, without a warning: "no parameter has any influence, and that is certain". The Morris method of the same package masks its results.
# Seen: 2026-11-28
set -euo pipefail
box=$(mktemp -d)
trap 'rm -rf "$box"' EXIT
python3 -m venv --without-pip "$box/venv"
python3 -m pip --python "$box/venv/bin/python" -qq install SALib==1.6.0 numpy==2.4.6 scipy==1.17.1 pandas==3.0.3

cat > "$box/sweep.py" <<'END'
import math

from SALib.analyze import morris, sobol
from SALib.sample import morris as morris_sample
from SALib.sample import sobol as sobol_sample

problem = {"num_vars": 3, "names": ["pages", "limit", "tasks"], "bounds": [[0, 1]] * 3}


def result_of(points):
    return 4 * points[:, 0] + points[:, 1] ** 2


def show(title, found):
    line = " ".join(str(value) if value == "--" else f"{value:.2f}" for value in found)
    print(f"{title}: {line}")


points = sobol_sample.sample(problem, 64, calc_second_order=False, seed=1)
results = result_of(points)
for title in ("all 320 runs", "one of them NaN"):
    found = sobol.analyze(problem, results, calc_second_order=False, seed=1)
    show(f"{title}, total index", found["ST"])
    if title != "all 320 runs":
        show(f"{title}, confidence", found["ST_conf"])
    results[7] = math.nan
points = morris_sample.sample(problem, 20, seed=1)
results = result_of(points)
results[7] = math.nan
found = morris.analyze(problem, points, results, seed=1)
print("the same with Morris, mean effect:", *found["mu_star"])
END

seen=$("$box/venv/bin/python" "$box/sweep.py" 2>&1)
printf '%s\n' "$seen"
[ "$seen" = "all 320 runs, total index: 0.94 0.06 0.00
one of them NaN, total index: 0.00 0.00 0.00
one of them NaN, confidence: 0.00 0.00 0.00
the same with Morris, mean effect: -- -- --" ] || { echo "This has changed." >&2; exit 1; }
