"""Small pictures of one column each: one path, so that sixty of them stay light."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup

WIDTH, HEIGHT = 200, 36


def bars(heights: Sequence[float] | np.ndarray, said: str) -> Markup:
    """Bars of equal width, drawn as one path.

    Parameters
    ----------
    heights : sequence of float
        Not negative; 0 draws nothing.
    said : str
        What the picture shows, for who can't see it.
    """
    most = max(float(max(heights, default=0)), 1e-12)
    step = WIDTH / max(len(heights), 1)
    width = max(step - 1, 0.5)
    parts = [
        f"M{place * step:.1f} {HEIGHT}v-{max(height / most * HEIGHT, 1):.1f}h{width:.1f}V{HEIGHT}z"
        for place, height in enumerate(heights)
        if height > 0
    ]
    return Markup(
        '<svg viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<path d="{}"/></svg>'
    ).format(WIDTH, HEIGHT, said, "".join(parts))


def meter(share: float) -> Markup:
    """A share as a bar under its figure."""
    return Markup('<td class="n m" style="--s:{:.1f}%">{}</td>').format(100 * share, percent(share))


def percent(share: float) -> str:
    """A share in words; what is not all is never rounded to 100 %.

    Examples
    --------
    >>> percent(1.0), percent(0.99999), percent(0.0001), percent(0.256)
    ('100%', '99.9%', '<0.1%', '25.6%')
    """
    if share in (0, 1):
        return f"{share:.0%}"
    if share < 0.001:
        return "<0.1%"
    return f"{min(share, 0.999):.1%}"
