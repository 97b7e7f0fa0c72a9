from __future__ import annotations

import threading

import pytest

from metaface_gui.engine.events import EnrollmentChanged
from metaface_gui.engine.people.enrollment_session import EnrollmentSession
from metaface_gui.types import HeadTurn, QualityIssue
from tests.pipeline.samples import sample, unit


@pytest.fixture
def events() -> list[EnrollmentChanged]:
    return []


class Clock:
    """Goes on when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def session(events: list[EnrollmentChanged], clock: Clock) -> EnrollmentSession:
    return EnrollmentSession(events.append, clock)


def ids(event: EnrollmentChanged) -> list[int]:
    return [shot.id for shot in event.shots]


def test_records_only_between_start_and_stop(session: EnrollmentSession, events: list[EnrollmentChanged]) -> None:
    a, b = unit(0, 30)
    session.offer([sample(a)])
    assert events == []
    session.start()
    session.offer([sample(a)])
    session.stop()
    session.offer([sample(b)])
    assert [event.is_recording for event in events] == [True, True, False]
    assert ids(events[-1]) == [1]


def test_a_look_that_was_under_way_does_not_start_the_recording_again(
    session: EnrollmentSession, events: list[EnrollmentChanged]
) -> None:
    lock = session._lock

    class StopsFirst:
        def __enter__(self) -> None:
            session._lock = lock
            session.stop()
            lock.acquire()

        def __exit__(self, *_: object) -> None:
            lock.release()

    session.start()
    session._lock = StopsFirst()  # type: ignore[assignment]
    session.offer([sample(unit(0)[0])])
    assert [event.is_recording for event in events] == [True, False]


def test_what_is_told_last_is_how_it_is(clock: Clock) -> None:
    told, stops = list[bool](), list[threading.Thread]()

    def tell(event: EnrollmentChanged) -> None:
        if event.shots and not stops:
            stops.append(threading.Thread(target=recording.stop))
            stops[0].start()
            stops[0].join(0.1)  # it comes between the look and what is told of it, if it can
        told.append(event.is_recording)

    recording = EnrollmentSession(tell, clock)
    recording.start()
    recording.offer([sample(unit(0)[0])])
    stops[0].join()
    assert told == [True, True, False]


def test_says_what_is_wrong_and_when_it_is_right_again(
    session: EnrollmentSession, events: list[EnrollmentChanged]
) -> None:
    session.start()
    session.offer([])
    session.offer([])
    session.offer([sample(unit(0)[0])])
    assert [event.guidance for event in events] == [None, QualityIssue.NO_FACE, None]


def test_says_to_which_sides_the_head_is_turned_on_the_kept_shots(
    session: EnrollmentSession, events: list[EnrollmentChanged]
) -> None:
    session.start()
    for number, (point, nose) in enumerate(zip(unit(0, 30, 60), ((32, 38), (34.5, 38), (32, 34)), strict=True)):
        shown = sample(point)
        shown.detection.landmarks[2] = nose
        session.offer([shown])
        assert len(events[-1].turns) == number
    assert events[-1].turns == {HeadTurn.LEFT, HeadTurn.UP}
    session.remove(2)
    assert events[-1].turns == {HeadTurn.UP}


def test_uses_its_time_to_replace_shots_by_more_different_ones_and_stops_by_itself(
    session: EnrollmentSession, events: list[EnrollmentChanged], clock: Clock
) -> None:
    """Five shots of the first second are nearly the same picture; who is asked for two turns their head meanwhile."""
    session.start()
    for number, point in enumerate(unit(0, 12, 24, 36, 48)):
        clock.now_s += 0.18
        session.offer([sample(point)])
        assert len(events[-1].shots) == number + 1
    assert session.is_recording, "after 0.9 seconds"
    told = len(events)
    session.offer([sample(unit(48)[0])])
    assert len(events) <= told + 1, "what changes nothing is not told again and again"
    for point in unit(100, 150):
        clock.now_s += 0.3
        session.offer([sample(point)])
    assert {6, 7} <= set(ids(events[-1]))
    clock.now_s += 1.0
    session.offer([sample(unit(150)[0])])
    assert not session.is_recording
    assert not events[-1].is_recording
    assert len(events[-1].shots) == events[-1].wanted == 5


def test_removed_shots_come_back_one_by_one(session: EnrollmentSession, events: list[EnrollmentChanged]) -> None:
    session.start()
    for point in unit(0, 30, 60):
        session.offer([sample(point)])
    session.remove(1)
    session.remove(3)
    assert ids(events[-1]) == [2]
    session.undo()
    assert ids(events[-1]) == [2, 3]
    session.undo()
    assert ids(events[-1]) == [1, 2, 3]
    assert not events[-1].can_undo


def test_discarding_can_be_undone_until_something_is_saved(
    session: EnrollmentSession, events: list[EnrollmentChanged]
) -> None:
    session.start()
    for point in unit(0, 30):
        session.offer([sample(point)])
    session.discard()
    assert events[-1].shots == ()
    assert events[-1].can_undo
    session.undo()
    assert ids(events[-1]) == [1, 2]
    session.clear()
    assert events[-1] == EnrollmentChanged(is_recording=False, guidance=None, shots=(), wanted=5)


def test_files_that_were_refused_are_named(session: EnrollmentSession, events: list[EnrollmentChanged]) -> None:
    session.offer_file("good.jpg", [sample(unit(0)[0])])
    session.offer_file("empty.jpg", [])
    assert session.is_from_files
    assert ids(events[-1]) == [1]
    assert events[-1].refused == (("empty.jpg", QualityIssue.NO_FACE),)


def test_shots_of_the_camera_are_not_taken_for_those_of_files_that_gave_none(session: EnrollmentSession) -> None:
    """What is stored of a person says where it came from."""
    a, b = unit(0, 80)
    session.offer_file("crowd.jpg", [sample(a), sample(b)])
    assert not session.is_from_files, "it was refused"
    session.offer_file("a.jpg", [sample(a)])
    assert session.is_from_files
    session.discard()
    session.start()
    session.offer([sample(b)])
    assert not session.is_from_files
    session.discard()
    session.undo()
    assert not session.is_from_files
    session.offer_file("a.jpg", [sample(a)])
    assert session.is_from_files, "one of them is"


def test_pictures_are_decodable(session: EnrollmentSession, events: list[EnrollmentChanged]) -> None:
    session.offer_file("good.jpg", [sample(unit(0)[0])])
    assert events[-1].shots[0].picture.startswith(b"\xff\xd8")


def test_with_nothing_left_out_there_is_nothing_to_undo(
    session: EnrollmentSession, events: list[EnrollmentChanged]
) -> None:
    session.start()
    session.offer([sample(unit(0)[0])])
    session.undo()
    session.remove(99)
    session.undo()
    assert ids(events[-1]) == [1]
