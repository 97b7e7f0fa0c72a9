"""Names in any script get a font that can write them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pytest
from PIL import Image, ImageDraw

from metaface_gui.pipeline.rendering.annotator import Annotator
from metaface_gui.pipeline.rendering.fonts import FontFinder, system_fonts
from metaface_gui.pipeline.rendering.lettering import Lettering
from metaface_gui.resources import assets_dir
from metaface_gui.types import Frame, FrameResult, Identification
from tests.pipeline.samples import decided

FONTS = Path(mpl.get_data_path()) / "fonts" / "ttf"
INTER = assets_dir() / "fonts" / "Inter-Regular.ttf"
MATHS, ONLY_MATHS = FONTS / "STIXSizOneSymReg.ttf", "⎛"
DEJAVU, STIX = FONTS / "DejaVuSans.ttf", FONTS / "STIXGeneral.ttf"


class FontList:
    """A system with these fonts; counts how often it was asked."""

    def __init__(self, *files: Path) -> None:
        self.files = files
        self.calls = 0

    def __call__(self) -> Sequence[Path]:
        self.calls += 1
        return self.files


def test_the_shipped_font_writes_latin_greek_and_cyrillic_without_a_look_at_others() -> None:
    fonts = FontList(DEJAVU)
    finder = FontFinder(fonts)
    for text in ("", "Anna", "Ængström-Çelik", "Ελένη", "Жанна", "José\u0301 \u200d Ångström"):
        assert finder.font_for(text) == finder.font_for("Anna")
    chosen = finder.font_for("Anna")
    assert chosen is not None
    assert chosen.name == "Inter-Regular.ttf"
    assert fonts.calls == 0


def test_another_script_takes_the_first_font_that_has_it_all() -> None:
    fonts = FontList(STIX, DEJAVU, FONTS / "DejaVuSans-Bold.ttf")
    finder = FontFinder(fonts)
    assert finder.font_for("ელენე 😀") == DEJAVU
    assert finder.font_for("ელენე 😀") == DEJAVU
    assert finder.font_for("Anna") != DEJAVU
    assert fonts.calls == 1, "the folders are looked through once"


def test_a_text_that_no_font_has_gets_the_one_that_has_most() -> None:
    finder = FontFinder(FontList(STIX, DEJAVU))
    assert finder.font_for("ე田中 Anna") == DEJAVU
    assert finder.font_for("田中") == FontFinder(FontList()).font_for("Anna"), "nobody has it: the shipped one stays"


def test_several_fonts_write_together_what_none_has_alone() -> None:
    """As on systems whose Chinese font has no Latin letters; here one for mathematics stands for it."""
    finder = FontFinder(FontList(STIX, MATHS))
    assert finder.fonts_for("Anna") == (INTER,)
    assert finder.fonts_for(f"Anna {ONLY_MATHS}") == (INTER, MATHS)
    assert finder.fonts_for("田中") == (INTER,), "nobody has it"
    assert FontFinder(FontList(MATHS, DEJAVU)).fonts_for(f"Anna {ONLY_MATHS}") == (DEJAVU,), "one has it all"
    assert FontFinder(FontList(), first=Path("gone.ttf")).fonts_for("Anna") == ()


def test_each_letter_is_written_with_the_font_that_has_it_on_one_line() -> None:
    both, latin, maths = Lettering(INTER, MATHS), Lettering(INTER), Lettering(MATHS)
    text = f"An{ONLY_MATHS} na"

    def picture(lettering: Lettering, text: str) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
        canvas = Image.new("RGB", (160, 60))
        lettering.write(ImageDraw.Draw(canvas), text, (10, 10), 24, (255, 255, 255))
        return np.asarray(canvas)[..., 0]

    assert np.array_equal(picture(both, "Anna"), picture(latin, "Anna"))
    mixed = picture(both, text)
    assert not np.array_equal(mixed, picture(latin, text))
    assert not np.array_equal(mixed, picture(maths, text))
    left, top, right, bottom = both.bounds(text, 24)
    rows, columns = np.nonzero(mixed)
    assert (columns.min(), rows.min()) == pytest.approx((10 + left, 10 + top), abs=1)
    # On the right Pillow counts the room that a letter takes, not only its ink.
    assert (columns.max() + 1, rows.max() + 1) == pytest.approx((10 + right, 10 + bottom), abs=3)
    # The Latin letters before it are where they are without it.
    n = round(10 + latin.width("An", 24)) - 1
    assert np.array_equal(mixed[:, :n], picture(latin, "An")[:, :n])
    assert both.shortened(text * 9, 100, 24).endswith("…")


def test_files_that_are_no_fonts_are_passed_over(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttf"
    broken.write_bytes(b"no font")
    gone = tmp_path / "gone.ttf"
    assert FontFinder(FontList(broken, gone, DEJAVU)).font_for("ე") == DEJAVU
    assert FontFinder(FontList(broken), first=gone).font_for("Anna") is None


def test_the_systems_fonts_are_listed_plain_ones_first() -> None:
    files = system_fonts()
    assert DEJAVU in files, "matplotlib's are always there"
    assert not any("LastResort" in file.name for file in files)
    assert (
        files.index(DEJAVU)
        < files.index(FONTS / "DejaVuSans-Bold.ttf")
        < files.index(FONTS / "DejaVuSerif-BoldItalic.ttf")
    )


def shown(name: str | None, other: str | None = None) -> FrameResult:
    decision = Identification(1 if name else None, name, 0.8, 0.4)
    beside = {"maml": decision, "siamese": Identification(2, other, 0.5, 0.4)} if other else {}
    face = decided(1, (60, 80, 200, 220), decision, beside)
    return FrameResult(Frame(np.full((240, 320, 3), 60, np.uint8), 0, 0.0, 0), (face,), 0)


def test_names_in_the_picture_differ_although_the_shipped_font_has_neither() -> None:
    annotator = Annotator("Unknown", fonts=FontFinder(FontList(DEJAVU)))
    pictures = [annotator.paint(shown(name)) for name in ("ელ", "ნე", "ელ")]
    assert (pictures[0] != pictures[1]).any(), "not two rows of the same empty boxes"
    assert np.array_equal(pictures[0], pictures[2])


@pytest.mark.parametrize(
    ("unknown", "result"),
    [("Unknown", shown("Anna", "ელ")), ("უცნობი", shown(None))],
    ids=["another's name", "unknown"],
)
def test_every_text_beside_a_face_counts(unknown: str, result: FrameResult) -> None:
    fonts = FontList(DEJAVU)
    before = result.frame.image_bgr.copy()
    painted = Annotator(unknown, fonts=FontFinder(fonts)).paint(result)
    assert fonts.calls == 1
    assert (painted != before).any()
    assert np.array_equal(result.frame.image_bgr, before)


def test_titles_of_learners_stand_beside_the_face_when_several_run() -> None:
    result = shown("Anna", "Bob")
    named, nameless = Annotator("Unknown", {"maml": "MAML", "siamese": "Siamese"}), Annotator("Unknown")
    assert (named.paint(result) != nameless.paint(result)).any()
