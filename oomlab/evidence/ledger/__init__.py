"""The thread held against the model: its claims (`claims`) and the review's findings (`findings`).

Each entry computes its own figures, or searches its own schedule, every time it is asked.
"""
