"""How colours are seen: WCAG's contrast, colour vision deficiencies, and how different two colours look.

Colours are `#rrggbb`; linear RGB is 0..1.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

from PySide6.QtGui import QColor

Rgb = tuple[float, float, float]
Lab = tuple[float, float, float]

COLOUR_VISION: Mapping[str, tuple[Rgb, Rgb, Rgb]] = MappingProxyType(
    {
        "protanopia": (
            (0.152286, 1.052583, -0.204868),
            (0.114503, 0.786281, 0.099216),
            (-0.003882, -0.048116, 1.051998),
        ),
        "deuteranopia": (
            (0.367322, 0.860646, -0.227968),
            (0.280085, 0.672501, 0.047413),
            (-0.011820, 0.042940, 0.968881),
        ),
        "tritanopia": (
            (1.255528, -0.076749, -0.178779),
            (-0.078411, 0.930809, 0.147602),
            (0.004733, 0.691367, 0.303900),
        ),
    }
)
"""Machado, Oliveira and Fernandes (2009), "A physiologically-based model for simulation of color vision deficiency",
severity 1.0, on linear RGB."""


def linear(color: str) -> Rgb:
    """Linear RGB of an sRGB colour."""
    parts = (QColor(color).redF(), QColor(color).greenF(), QColor(color).blueF())
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return red, green, blue


def luminance(color: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    lighter, darker = sorted((luminance(a), luminance(b)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def as_seen(color: str, vision: str) -> Lab:
    """CIELAB of a colour as somebody sees it with this deficiency; "normal": with none."""
    rgb = linear(color)
    if vision != "normal":
        red, green, blue = (
            min(max(sum(w * c for w, c in zip(row, rgb, strict=True)), 0.0), 1.0) for row in COLOUR_VISION[vision]
        )
        rgb = red, green, blue
    return _lab(rgb)


def _lab(rgb: Rgb) -> Lab:
    """CIELAB under D65."""
    red, green, blue = rgb

    def curve(t: float) -> float:
        return t ** (1 / 3) if t > 216 / 24389 else (24389 / 27 * t + 16) / 116

    x = curve((0.4124564 * red + 0.3575761 * green + 0.1804375 * blue) / 0.95047)
    y = curve(0.2126729 * red + 0.7151522 * green + 0.0721750 * blue)
    z = curve((0.0193339 * red + 0.1191920 * green + 0.9503041 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def colour_difference(one: Lab, other: Lab) -> float:
    """CIEDE2000 (Sharma, Wu and Dalal 2005, in their notation): 1 is just seen, 100 is black against white."""
    mean_chroma = (math.hypot(*one[1:]) + math.hypot(*other[1:])) / 2
    stretch = 1 + 0.5 * (1 - math.sqrt(mean_chroma**7 / (mean_chroma**7 + 25.0**7)))
    (l1, a1, b1), (l2, a2, b2) = ((lab[0], lab[1] * stretch, lab[2]) for lab in (one, other))
    c1, c2 = math.hypot(a1, b1), math.hypot(a2, b2)
    h1, h2 = (math.degrees(math.atan2(b, a)) % 360 for a, b in ((a1, b1), (a2, b2)))
    grey = c1 * c2 == 0
    turn = 0.0 if grey else (h2 - h1 + 180) % 360 - 180
    d_hue = 2 * math.sqrt(c1 * c2) * math.sin(math.radians(turn / 2))
    lightness, chroma = (l1 + l2) / 2, (c1 + c2) / 2
    hue = h1 + h2 if grey else (h1 + turn / 2) % 360

    def cosine(factor: float, offset: float) -> float:
        return math.cos(math.radians(factor * hue + offset))

    t = 1 - 0.17 * cosine(1, -30) + 0.24 * cosine(2, 0) + 0.32 * cosine(3, 6) - 0.20 * cosine(4, -63)
    s_l = 1 + 0.015 * (lightness - 50) ** 2 / math.sqrt(20 + (lightness - 50) ** 2)
    s_c, s_h = 1 + 0.045 * chroma, 1 + 0.015 * chroma * t
    turning = -math.sin(math.radians(60 * math.exp(-(((hue - 275) / 25) ** 2))))
    r_t = 2 * math.sqrt(chroma**7 / (chroma**7 + 25.0**7)) * turning
    in_l, in_c, in_h = (l2 - l1) / s_l, (c2 - c1) / s_c, d_hue / s_h
    return math.sqrt(in_l**2 + in_c**2 + in_h**2 + r_t * in_c * in_h)
