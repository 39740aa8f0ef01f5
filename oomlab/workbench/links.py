"""A bench as part of a web address, and back: texts only, which nobody runs by following a link."""

from __future__ import annotations

import base64
import binascii
import json
import zlib

from oomlab.checked import checked
from oomlab.errors import InputError
from oomlab.workbench.bench import Bench
from oomlab.workbench.reading import LONGEST_TEXT

PARTS = ("callback", "holder", "remedy")
"""What a bench is made of."""

MOST = 4 * len(PARTS) * (LONGEST_TEXT + 100)
"""Bytes that a link may become: letters have up to four."""

_BROKEN = "this link holds no bench: it is cut off or was changed"


@checked
def link_of(bench: Bench) -> str:
    """The texts of a bench in letters that may stand behind the # of an address."""
    texts = json.dumps({part: getattr(bench, part) for part in PARTS}, separators=(",", ":"))
    packed = zlib.compress(texts.encode(), 9)
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


@checked
def texts_of(link: str) -> dict[str, str]:
    """The texts that `link_of` has packed, by part. They are neither read nor run: that is for
    `Bench`, when the reader asks for it.

    Raises InputError for anything that is no bench, or larger than one can be.
    """
    if len(link) > MOST:
        raise InputError("this link is longer than any bench")
    try:
        packed = base64.b64decode(link + "=" * (-len(link) % 4), altchars=b"-_", validate=True)
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(packed, MOST)
        if not unpacking.eof or unpacking.unused_data:
            raise InputError(_BROKEN)
        texts = json.loads(text)
    except (binascii.Error, zlib.error, UnicodeError, RecursionError, ValueError) as error:
        raise InputError(_BROKEN) from error
    if not isinstance(texts, dict) or sorted(texts) != sorted(PARTS):
        raise InputError(_BROKEN)
    if not all(isinstance(one, str) and len(one) <= LONGEST_TEXT for one in texts.values()):
        raise InputError(_BROKEN)
    return {part: texts[part] for part in PARTS}
