"""Whether somebody was deleted between two gallery snapshots: widgets that show names must then drop theirs."""

from __future__ import annotations

from metaface_gui.gallery import GallerySnapshot


def somebody_left(before: GallerySnapshot | None, now: GallerySnapshot) -> bool:
    """Return whether anybody enrolled before is no longer enrolled; a renamed person still is."""
    if before is None:
        return False
    present = {person.id for person in now.people}
    return any(person.id not in present for person in before.people)


def names_only_present(names: set[str], now: GallerySnapshot | None) -> bool:
    """Return whether people of all these names are enrolled; True while no snapshot is known."""
    return now is None or names <= {person.name for person in now.people}
