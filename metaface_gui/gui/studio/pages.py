"""The studio's pages: the one list from which tabs, menu and keys are made."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from metaface_gui.engine.api import EngineApi
from metaface_gui.errors import QT_TRANSLATE_NOOP
from metaface_gui.gui.bridge import EngineBridge
from metaface_gui.gui.studio.compare_page import ComparePage
from metaface_gui.gui.studio.map_page import MapPage, MapWishes
from metaface_gui.gui.studio.method_page import MethodPage
from metaface_gui.gui.studio.report_page import ReportPage
from metaface_gui.gui.studio.room_page import RoomPage
from metaface_gui.gui.studio.why_page import WhyPage


@dataclass(frozen=True, slots=True)
class PageParts:
    """The dependencies of the pages. `wishes` is shared by all maps, `parent` is the enclosing widget."""

    engine: EngineApi
    bridge: EngineBridge
    wishes: MapWishes
    parent: QWidget


@dataclass(frozen=True, slots=True)
class StudioPage:
    """A page and its key. `title` is for its tab, `menu_title` for its action, both English, marked for translation."""

    key: str
    title: str
    menu_title: str
    make: Callable[[PageParts], QWidget]


PAGES = (
    StudioPage(
        "method",
        QT_TRANSLATE_NOOP("StudioPages", "Method"),
        QT_TRANSLATE_NOOP("StudioPages", "&Method and its settings"),
        lambda of: MethodPage(of.engine.models, of.bridge, of.parent),
    ),
    StudioPage(
        "compare",
        QT_TRANSLATE_NOOP("StudioPages", "Compare"),
        QT_TRANSLATE_NOOP("StudioPages", "&Compare methods"),
        lambda of: ComparePage(of.engine.models, of.engine.studio, of.bridge, of.parent),
    ),
    StudioPage(
        "map",
        QT_TRANSLATE_NOOP("StudioPages", "Map"),
        QT_TRANSLATE_NOOP("StudioPages", "M&ap of the embeddings"),
        lambda of: MapPage(of.engine.studio, of.engine.people, of.bridge, of.parent, wishes=of.wishes),
    ),
    StudioPage(
        "why",
        QT_TRANSLATE_NOOP("StudioPages", "Why"),
        QT_TRANSLATE_NOOP("StudioPages", "&Why this name?"),
        lambda of: WhyPage(of.engine.studio, of.bridge, of.parent),
    ),
    StudioPage(
        "report",
        QT_TRANSLATE_NOOP("StudioPages", "Report"),
        QT_TRANSLATE_NOOP("StudioPages", "&Report on all methods"),
        lambda of: ReportPage(of.engine.studio, of.engine.models, of.engine.jobs, of.bridge, of.parent),
    ),
    StudioPage(
        "room",
        QT_TRANSLATE_NOOP("StudioPages", "Room"),
        QT_TRANSLATE_NOOP("StudioPages", "Roo&m and environment dial"),
        lambda of: RoomPage(of.engine.source, of.engine.room, of.bridge, of.parent),
    ),
)
"""In the order of the tabs, and of the keys from Alt+1 on."""
