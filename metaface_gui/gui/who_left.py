"""Whether somebody was deleted between two gallery snapshots: widgets that show names must then drop theirs."""

from __future__ import annotations

from metaface_gui.gallery import GallerySnapshot


def somebody_left(before: GallerySnapshot | None, now: GallerySnapshot) -> bool:
    """Whether anybody who was enrolled before is not any more; who was only renamed still is."""
    if before is None:
        return False
    present = {person.id for person in now.people}
    return any(person.id not in present for person in before.people)


def names_only_present(names: set[str], now: GallerySnapshot | None) -> bool:
    """Whether all of these people are enrolled under these names; True while nobody knows who is."""
    return now is None or names <= {person.name for person in now.people}
