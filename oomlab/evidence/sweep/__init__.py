"""Sweeps: the same scenario many times, over a grid of settings, remedies and seeds.

`named` says which sweeps there are, `grid` what a sweep consists of, `measure` what is kept of a
run, `pool` runs the points on all cores, `store` keeps results in a file, `recompute` puts it
together and tells whether results are still those of the model: it computes a sample again.
"""
