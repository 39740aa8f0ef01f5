"""What a step is, two ways of taking steps (a clock, an explorer), and what leaves a run.

No case is known here: no kernel, no listener, no scenario. Both engines take a `Model` and
nothing else.
"""
