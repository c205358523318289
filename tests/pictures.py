"""Pictures compared with kept ones. `RECORD=1 pytest …` keeps what is drawn now: look at it before committing."""

import io
import os
from pathlib import Path

import numpy as np
from PIL import Image

KEPT = Path(__file__).parent / "golden"
TOLERANCE = 3.0
"""Mean difference of a channel, of 255: glyphs may be rendered a little differently on another machine."""
LARGEST_BYTES = 200_000
WIDTH = 720


def assert_looks_like(png: bytes, name: str) -> None:
    """Compare a picture with the kept one of this name."""
    path = KEPT / f"{name}.png"
    if os.environ.get("RECORD"):
        path.write_bytes(png)
    drawn, kept = (np.asarray(Image.open(io.BytesIO(each)).convert("RGB"), float) for each in (png, path.read_bytes()))
    assert len(png) <= LARGEST_BYTES
    assert drawn.shape[1] == WIDTH
    assert drawn.shape == kept.shape, "the size differs"
    difference = float(np.abs(drawn - kept).mean())
    assert difference < TOLERANCE, f"{name} differs by {difference:.1f}"
