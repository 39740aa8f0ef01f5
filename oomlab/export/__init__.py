"""A run in the formats of other tools, a file for each; `FORMATS` lists them."""

from oomlab.export.as_csv import COLUMNS
from oomlab.export.formats import FORMATS, Format, exported

__all__ = ["COLUMNS", "FORMATS", "Format", "exported"]
