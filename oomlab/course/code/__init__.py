"""A routine that a student wrote: read as text, held against what a routine may be, and run.

Whoever grades must not have a student's code decide about points. So a routine travels as text,
`written` makes it from a function, and what `fenced` makes of the text can do nothing but yield
steps: the language that it may be written in (`grammar`) has no imports, no attributes but the
parts that it was given, and no loop without a limit.
"""

from oomlab.course.code.fence_code import FencedCode, RoutineFault, fenced
from oomlab.course.code.taken_down import written

__all__ = ["FencedCode", "RoutineFault", "fenced", "written"]
