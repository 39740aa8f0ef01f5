"""A run in the formats of other tools, a file for each; `FORMATS` lists them."""

from oomlab.export.formats import FORMATS, Format, exported

__all__ = ["FORMATS", "Format", "exported"]
