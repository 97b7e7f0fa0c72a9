"""Everybody enrolled, as learners see them: what adapting, the self-test and explaining start from."""

from __future__ import annotations

from dataclasses import dataclass, replace

from metaface_gui.deferred import Tensor, torch
from metaface_gui.pipeline.learners.base import SupportSet
from metaface_gui.types import PersonId


@dataclass(frozen=True, slots=True, eq=False)
class EnrolledPeople:
    """Everybody who has a template of one embedder, at one revision of the gallery.

    `shots` (n, p) are the templates, of the shots `shot_ids`; `labels` (n,) int64 say whose, an index of `person_ids`
    and `names`. `negatives` (m, p) are faces of which the user said whom they are not: `denied_people` (m,) int64, an
    index too. `unlabelled` (u, p) are faces that the same camera showed earlier (`room_faces`), of the room's revision
    `room`; None and 0 where nothing of a room is known.

    Raises:
        ValueError: if there is not one id and one label for each shot, a label for each person, one name for each, or
            one denied person for each negative.
    """

    embedder_id: str
    revision: int
    person_ids: tuple[PersonId, ...]
    names: tuple[str, ...]
    shots: Tensor
    labels: Tensor
    shot_ids: tuple[int, ...]
    negatives: Tensor
    denied_people: Tensor
    unlabelled: Tensor | None = None
    room: int = 0

    def __post_init__(self) -> None:
        if not len(self.shots) == len(self.labels) == len(self.shot_ids):
            raise ValueError(f"{len(self.shots)} shots, {len(self.labels)} labels, {len(self.shot_ids)} ids")
        if len(self.names) != len(self) or self.labels.unique().tolist() != list(range(len(self))):  # type: ignore[no-untyped-call]
            raise ValueError(f"want {len(self)} names, and labels that cover 0 … {len(self) - 1}")
        if len(self.negatives) != len(self.denied_people):
            raise ValueError(f"{len(self.negatives)} negatives, {len(self.denied_people)} denied people")

    def __len__(self) -> int:
        return len(self.person_ids)

    @property
    def support(self) -> SupportSet:
        """What learners adapt to: each person a way, then each negative one of its own, so that any method learns it.

        Raises:
            ValueError: if there is nobody.
        """
        n_way = len(self) + len(self.negatives)
        ways = torch.arange(len(self), n_way)
        return SupportSet(
            torch.cat([self.shots, self.negatives]), torch.cat([self.labels, ways]), n_way, self.unlabelled
        )

    def undenied(self) -> EnrolledPeople:
        """The same people, with nobody denied."""
        return replace(self, negatives=self.negatives[:0], denied_people=self.denied_people[:0])

    def with_shots(self, rows: Tensor) -> EnrolledPeople:
        """The same people with these of their shots, (k,) int64 or a mask (n,) bool, of which everybody has one."""
        ids = torch.tensor(self.shot_ids, dtype=torch.int64)
        return replace(self, shots=self.shots[rows], labels=self.labels[rows], shot_ids=tuple(ids[rows].tolist()))

    def one_shot_each(self) -> EnrolledPeople:
        """The same people with their first shot only, and nobody denied."""
        labels = self.labels.tolist()
        return self.undenied().with_shots(torch.tensor([labels.index(way) for way in range(len(self))]))
