from __future__ import annotations

from dataclasses import replace

import numpy as np

from metaface_gui.engine.engine import Engine
from metaface_gui.engine.events import EnvironmentChanged, ResultReady, SourceChanged, SourceState
from metaface_gui.engine.live.environment_dial import EnvironmentDial
from metaface_gui.engine.people.gallery_editor import Enrollee
from metaface_gui.engine.people.shots import decode_picture, encode_picture, environment_of
from metaface_gui.gallery import Gallery
from metaface_gui.metalearning.frame_environments import ROOM_AS_IT_IS, EnvironmentSetting
from metaface_gui.types import FrameResult
from tests.engine.listening import Listener, Someone, enroll, names, show
from tests.gui.fakes import make_face, make_frame

DARK = EnvironmentSetting((("dim_light", 0.8),))


def test_frames_are_photographed_and_the_newest_one_again() -> None:
    dial, frame = EnvironmentDial(), make_frame(64, 48)
    frame.image_bgr[:] = 200
    assert dial.again() is None
    assert dial.photograph(frame) is frame
    dial.turn(DARK)
    seen = dial.again()
    assert seen is not None
    assert seen.image_bgr.mean() < 100
    assert seen.environment == "dim_light 80"
    dial.turn(ROOM_AS_IT_IS)
    assert dial.again() is frame
    dial.forget()
    assert dial.again() is None


def test_a_picture_that_is_shown_on_and_on_stays_the_same_array() -> None:
    dial, frame = EnvironmentDial(), make_frame(64, 48)
    dial.turn(DARK)
    first, again = dial.photograph(frame), dial.photograph(replace(frame, index=8))
    assert first.image_bgr is again.image_bgr
    assert again.index == 8
    assert dial.photograph(make_frame(64, 48)).image_bgr is not first.image_bgr
    dial.turn(EnvironmentSetting((("fog", 0.5),)))
    assert dial.photograph(frame).image_bgr is not first.image_bgr


def test_a_lost_face_is_lit_for_a_moment_longer() -> None:
    dial, frame = EnvironmentDial(), make_frame(320, 240)
    frame.image_bgr[:] = 200
    dial.turn(EnvironmentSetting((("masks", 0.8),)))
    plain = dial.photograph(frame).image_bgr

    def note(captured_ns: int, *, has_face: bool) -> None:
        faces = (make_face(1, (100.0, 60.0, 200.0, 180.0)),) if has_face else ()
        shown = make_frame(320, 240, captured_ns=captured_ns)
        dial.note(FrameResult(shown, faces, 0))

    note(0, has_face=True)
    masked = dial.photograph(frame).image_bgr
    assert (masked != plain).any()
    note(300_000_000, has_face=False)
    np.testing.assert_array_equal(dial.photograph(frame).image_bgr, masked)
    note(900_000_000, has_face=False)
    np.testing.assert_array_equal(dial.photograph(frame).image_bgr, plain)


def test_the_mark_is_in_the_picture_and_changes_no_pixel() -> None:
    image = np.random.default_rng(0).integers(0, 255, (40, 30, 3), np.uint8)
    plain, marked = encode_picture(image), encode_picture(image, "dim_light 60, fog 30")
    assert environment_of(marked) == "dim_light 60, fog 30"
    assert environment_of(plain) == ""
    assert environment_of(b"") == ""
    np.testing.assert_array_equal(decode_picture(plain), decode_picture(marked))


def test_what_is_shown_is_what_is_recognised_also_when_paused_and_shots_are_marked(
    engine: Engine, listener: Listener, person: Someone
) -> None:
    enroll(engine, listener, person)
    show(engine, person.stills[0])
    bright = listener.wait(ResultReady, lambda event: names(event) == [person.name]).result.frame
    engine.source.set_environment(DARK)
    assert listener.wait(EnvironmentChanged).setting == DARK
    event = listener.wait(ResultReady, lambda event: bool(event.result.frame.environment and event.result.faces))
    assert event.result.frame.image_bgr.mean() < 0.7 * bright.image_bgr.mean()

    face = event.result.faces[0]
    engine.faces.name_track(face.track_id, Enrollee("In the dark", consent_given=True))
    listener.wait(ResultReady, lambda event: "In the dark" in names(event) or person.name in names(event))
    engine.source.set_paused(True)
    listener.wait(SourceChanged, lambda event: event.state is SourceState.PAUSED)
    engine.source.set_environment(ROOM_AS_IT_IS)
    listener.wait(ResultReady, lambda event: not event.result.frame.environment)
    shown = engine.preview.take()
    assert shown is None or not shown.environment


def test_a_shot_enrolled_in_the_dark_says_so(
    engine: Engine, listener: Listener, gallery: Gallery, person: Someone
) -> None:
    engine.source.set_environment(EnvironmentSetting((("colour_cast", 0.3),)))
    show(engine, person.stills[0])
    face = listener.wait(ResultReady, lambda event: bool(event.result.faces)).result.faces[0]
    listener.wait(ResultReady, lambda event: bool(event.result.faces))
    engine.faces.name_track(face.track_id, Enrollee("Somebody", consent_given=True))
    listener.wait(ResultReady, lambda event: names(event) == ["Somebody"])
    shots = gallery.shots(gallery.snapshot().people[0].id)
    assert {environment_of(shot.chip) for shot in shots} == {"colour_cast 30"}
