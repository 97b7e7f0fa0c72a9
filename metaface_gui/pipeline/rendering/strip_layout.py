"""Layout of verdict strips: beside their faces, never over each other, a label or another face, never outside.

A strip has several forms (all verdicts in two columns, in one, only a count), largest first. All faces of a picture
get the same form if it fits everywhere, so that they can be compared; otherwise each gets the largest that fits.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

_GAP = 6.0
_APART = 3.0
"""Minimum distance of a strip from anything but its own face."""
_SLACK = 14.0
"""Extra room that a better place must have before a strip moves there; otherwise it would jump back and forth."""
_NEAR = 7
"""Number of places that are below a face or at its sides; the remaining ones are above its label or on its chin."""
_MIN_CHIN = 3.0
"""A strip may lie on its own face, at its lower edge, if the face is this many times as high."""


class Rect(NamedTuple):
    """A rectangle, in any unit; y grows downwards."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def sized(cls, left: float, top: float, width: float, height: float) -> Rect:
        """Return the rectangle of this size whose upper left corner is given."""
        return cls(left, top, left + width, top + height)

    @property
    def width(self) -> float:
        """Right minus left."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Bottom minus top."""
        return self.bottom - self.top

    def overlaps(self, other: Rect, gap: float = 0.0) -> bool:
        """Return whether the two overlap or are closer than `gap`."""
        return (
            self.left < other.right + gap
            and other.left < self.right + gap
            and self.top < other.bottom + gap
            and other.top < self.bottom + gap
        )

    def contains(self, other: Rect) -> bool:
        """Return whether the other is completely inside."""
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def shrunk(self, by: float) -> Rect:
        """Return the rectangle made smaller by `by` on each side."""
        return Rect(self.left + by, self.top + by, self.right - by, self.bottom - by)

    def pushed_into(self, bounds: Rect) -> Rect:
        """Return it moved into the bounds, as far as it fits."""
        x = min(max(self.left, bounds.left), max(bounds.right - self.width, bounds.left))
        y = min(max(self.top, bounds.top), max(bounds.bottom - self.height, bounds.top))
        return Rect.sized(x, y, self.width, self.height)


class StripFace(NamedTuple):
    """A face that needs a strip: its box and label, and the (width, height) of each form, the largest first.

    `first_form` is the largest form allowed.
    """

    track_id: int
    box: Rect
    label: Rect
    sizes: tuple[tuple[float, float], ...]
    first_form: int = 0


class StripPlace(NamedTuple):
    """Place and form of a strip; `form` is an index into the face's sizes."""

    form: int
    rect: Rect


class _Choice(NamedTuple):
    """Rank of a strip's form and place, the smaller the better: avoid the smallest form, then distant places."""

    is_smallest: bool
    is_far: bool
    form: int
    number: int


class _Wish(NamedTuple):
    """A place to try, better with a smaller `number`. It may lie on the face's own box only if `is_on_chin`."""

    number: int
    rect: Rect
    is_on_chin: bool


_Found = tuple[_Choice, StripPlace] | None


class StripLayout:
    """Remembers where strips were, so that they stay there as long as they fit. Use one per picture's tracks."""

    def __init__(self) -> None:
        self._chosen: Mapping[int, _Choice] = {}

    def place(self, faces: Sequence[StripFace], bounds: Rect, taken: Sequence[Rect] = ()) -> list[StripPlace | None]:
        """Place every face's strip inside `bounds` and outside `taken`; None if not even the smallest form fits.

        Earlier faces choose first; with a stable order (track ids) strips stay where they are.
        """
        n_forms = max((len(face.sizes) for face in faces), default=0)
        # A smaller form nearby is better than a larger one far away.
        for is_near, form in product((True, False), range(n_forms - 1)):
            found = self._place_all(faces, bounds, taken, range(form, form + 1), is_near=is_near)
            if all(found):
                break
        else:
            # Not every strip can be larger than the smallest form, so each gets what fits.
            found = self._place_all(faces, bounds, taken, range(max(n_forms - 2, 0), n_forms), is_near=False)
        self._chosen = {face.track_id: one[0] for face, one in zip(faces, found, strict=True) if one is not None}
        return [None if one is None else one[1] for one in found]

    def _place_all(
        self, faces: Sequence[StripFace], bounds: Rect, taken: Sequence[Rect], forms: range, *, is_near: bool
    ) -> list[_Found]:
        strips: list[Rect] = []
        found: list[_Found] = []
        for index, face in enumerate(faces):
            others = [part for i, other in enumerate(faces) if i != index for part in (other.box, other.label)]
            one = self._place_one(face, bounds, [*strips, *others, *taken], forms, is_near=is_near)
            if one is not None:
                strips.append(one[1].rect)
            found.append(one)
        return found

    def _place_one(
        self, face: StripFace, bounds: Rect, obstacles: Sequence[Rect], forms: range, *, is_near: bool
    ) -> _Found:
        kept = self._chosen.get(face.track_id)
        smallest = len(face.sizes) - 1
        for form in sorted({min(max(form, face.first_form), smallest) for form in forms}):
            for wish in _wishes(face, *face.sizes[form]):
                if is_near and wish.number >= _NEAR:
                    break
                choice = _Choice(0 < form == smallest, wish.number >= _NEAR, form, wish.number)
                rect = wish.rect.pushed_into(bounds)
                if not _is_free(wish, rect, face, obstacles, _APART) or not bounds.contains(rect):
                    continue
                if kept is not None and choice < kept:
                    farther = wish.rect.pushed_into(bounds.shrunk(_SLACK))
                    if not _is_free(wish, farther, face, obstacles, _SLACK):
                        continue
                return choice, StripPlace(form, rect)
        return None


def _is_free(wish: _Wish, rect: Rect, face: StripFace, obstacles: Sequence[Rect], gap: float) -> bool:
    middle = (face.box.top + face.box.bottom) / 2
    if rect.overlaps(face.label) or (rect.overlaps(face.box) and not (wish.is_on_chin and rect.top > middle)):
        return False
    return not any(rect.overlaps(obstacle, gap) for obstacle in obstacles)


def _wishes(face: StripFace, width: float, height: float) -> Iterator[_Wish]:
    """Yield places in order of preference: below, beside, above, on the face's own chin."""
    box, label = face.box, face.label
    lowest = label.bottom if label.top >= box.bottom else box.bottom
    highest = label.top if label.bottom <= box.top else box.top
    middle = (box.left + box.right - width) / 2
    below, above = lowest + _GAP, highest - _GAP - height
    right, left = box.right + _GAP, box.left - _GAP - width
    places = (
        (box.left, below),
        (middle, below),
        (box.right - width, below),
        (right, box.top),
        (left, box.top),
        (right, box.bottom - height),
        (left, box.bottom - height),
        (box.left, above),
        (middle, above),
    )
    for number, (x, y) in enumerate(places):
        yield _Wish(number, Rect.sized(x, y, width, height), is_on_chin=False)
    if box.height >= _MIN_CHIN * height:
        yield _Wish(len(places), Rect.sized(middle, box.bottom - _GAP - height, width, height), is_on_chin=True)
