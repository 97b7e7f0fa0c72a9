"""The window's actions: the single source of the menus, keyboard shortcuts and shortcuts dialog."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from metaface_gui.gui.icons import set_icon
from metaface_gui.gui.lessons.five import LESSONS
from metaface_gui.gui.presentation.parts import Part
from metaface_gui.gui.source_menu import SourceMenu
from metaface_gui.gui.studio.pages import PAGES
from metaface_gui.gui.theme import ThemeMode
from metaface_gui.i18n import available_languages, language_name, plain, translate

TEXT_SIZES = (100, 120, 140)
"""Text size in percent of the usual one."""


@dataclass(slots=True)
class ActionGroup:
    """Actions that are listed together in the shortcuts dialog."""

    title: str
    actions: list[QAction] = field(default_factory=list)


class MainActions(QObject):
    """Creates the actions and puts them into the menu bar; the window connects what they do."""

    def __init__(self, window: QMainWindow, source_menu: SourceMenu) -> None:
        super().__init__(window)
        self._window = window
        self._current = ActionGroup("")
        self.groups: list[ActionGroup] = []
        self._make_file_menu(source_menu)
        self._make_view_menu()
        self._make_studio_menu()
        self._make_gallery_menu()
        self._make_help_menu()

    def add_to_studio(self, actions: Sequence[QAction], submenu: str = "") -> None:
        """Add a widget's actions to the studio's menu, the window and the shortcuts dialog."""
        menu = _submenu(self._studio_menu, submenu) if submenu else self._studio_menu
        menu.addActions(actions)
        self._window.addActions(actions)
        self._studio_group.actions += actions

    def add_to_file(self, actions: Sequence[QAction]) -> None:
        """Insert actions on the open source below Pause."""
        self._file_menu.insertActions(self.reopen, actions)
        self._window.addActions(actions)
        place = self._file_group.actions.index(self.reopen)
        self._file_group.actions[place:place] = actions

    def _make_file_menu(self, source_menu: SourceMenu) -> None:
        self._file_menu = menu = self._menu(self.tr("&File"))
        self._file_group = self._current
        menu.addMenu(source_menu)
        self._current.actions += [action for action in source_menu.actions() if not action.shortcut().isEmpty()]
        self.pause = self._add(menu, "pause", self.tr("&Pause"), ["P"], checkable=True)
        self.pause.setToolTip(self.tr("Pause or resume the picture (P, or Space on the video)"))
        self.reopen = self._add(menu, "refresh", self.tr("Open &again"), ["F5"])
        self.close_source = self._add(menu, "camera-off", self.tr("&Close the source"))
        menu.addSeparator()
        self.quit = self._add(menu, "quit", self.tr("&Quit"), ["Ctrl+Q"])
        self.quit.setMenuRole(QAction.MenuRole.QuitRole)

    def _make_view_menu(self) -> None:
        menu = self._menu(self.tr("&View"))
        self.hud = self._add(menu, "gauge", self.tr("Perfor&mance overlay"), ["H"], checkable=True)
        self.hud.setIconText(self.tr("Speed"))
        self.hud.setToolTip(self.tr("Show frames per second, latency and device on the video (H)"))
        self.mirror = self._add(menu, "mirror", self.tr("M&irror the picture"), ["Ctrl+M"], checkable=True)
        self.mirror.setToolTip(
            self.tr("Mirror the picture; names, recognition and recordings are not affected (Ctrl+M)")
        )
        self.panel = self._add(menu, "panel", self.tr("Side &panel"), ["Ctrl+B"], checkable=True)
        self.present = self._add(menu, "presentation", self.tr("P&resentation"), ["F11"], checkable=True)
        self.present.setToolTip(self.tr("The video alone on the whole screen, with large names and the method's (F11)"))
        for switch in (self.panel, self.present):
            switch.setIconText(plain(switch.text()))  # Qt would leave the letter of "侧边栏(&P)" in it
        self.full_screen = self._add(menu, "fullscreen", self.tr("&Full screen"), ["Shift+F11"], checkable=True)
        shown = _submenu(menu, self.tr("The presentation sho&ws"))
        titles = {
            Part.CURVE: (self.tr("Loss &curve"), "F6"),
            Part.MAP: (self.tr("&Map"), "F7"),
            Part.COUNTS: (self.tr("C&ounts"), "F8"),
            Part.MARGINS: (self.tr("Mar&gins"), "F9"),
        }
        self.parts = {part: self._add(shown, "", title, [key], checkable=True) for part, (title, key) in titles.items()}
        self.projector = self._add(menu, "monitor", self.tr("Pro&jector"), ["Ctrl+F11"], checkable=True)
        self.projector.setToolTip(self.tr("The presentation on another screen, for the audience (Ctrl+F11)"))
        self.projector_menu = _submenu(menu, self.tr("Project &on"))
        menu.addSeparator()
        names = {
            ThemeMode.SYSTEM: (self.tr("As the s&ystem"), "monitor"),
            ThemeMode.LIGHT: (self.tr("&Light"), "sun"),
            ThemeMode.DARK: (self.tr("&Dark"), "moon"),
        }
        themes = _submenu(menu, self.tr("&Theme"))
        group = QActionGroup(self)
        self.themes: dict[ThemeMode, QAction] = {}
        for mode, (name, icon) in names.items():
            self.themes[mode] = self._add(themes, icon, name, checkable=True)
            group.addAction(self.themes[mode])
        sizes = _submenu(menu, self.tr("Te&xt size"))
        group = QActionGroup(self)
        self.text_sizes: dict[int, QAction] = {}
        for percent in TEXT_SIZES:
            self.text_sizes[percent] = self._add(sizes, "", f"{percent} %", checkable=True)
            group.addAction(self.text_sizes[percent])
        self.languages: dict[str, QAction] = {}
        if available_languages():
            self._make_language_menu(menu)

    def _make_language_menu(self, menu: QMenu) -> None:
        languages = _submenu(menu, self.tr("&Language"))
        group = QActionGroup(self)
        for code in ["", "en", *available_languages()]:
            name = language_name(code) if code else self.tr("As the system")
            self.languages[code] = self._add(languages, "", name, checkable=True)
            group.addAction(self.languages[code])

    def _make_studio_menu(self) -> None:
        self._studio_menu = menu = self._menu(self.tr("&Studio"))
        self._studio_group = self._current
        self.studio = self._add(menu, "studio", self.tr("&Studio below the video"), ["Ctrl+J"], checkable=True)
        self.studio.setIconText(self.tr("Studio"))
        self.studio.setToolTip(self.tr("Show or hide how the methods work: curves, comparison, map, reasons (Ctrl+J)"))
        self.studio_large = self._add(
            menu, "fullscreen", self.tr("Studio over the &whole window"), ["Ctrl+Shift+J"], checkable=True
        )
        self.studio_large.setToolTip(
            self.tr("The studio large, the video small beside it, the side panel closed (Ctrl+Shift+J)")
        )
        self.pages = {
            page.key: self._add(menu, "", translate("StudioPages", page.menu_title), [f"Alt+{number}"])
            for number, page in enumerate(PAGES, start=1)
        }
        self.adapt_to_room = self._add(menu, "refresh", self.tr("Adapt to this r&oom"), ["Ctrl+R"])
        self.undo_room = self._add(menu, "undo", self.tr("&Undo adapting to this room"), ["Ctrl+Shift+R"])
        self.undo_room.setEnabled(False)
        self.split = self._add(menu, "split", self.tr("S&plit view of two methods"), ["V"], checkable=True)

        self.before_after = {
            "room": self._add(menu, "", self.tr("This room: &before | after"), ["B"]),
            "shots": self._add(menu, "", self.tr("1 shot | all s&hots"), ["Shift+B"]),
            "stock": self._add(menu, "", self.tr("Published &network | this one"), ["Alt+B"]),
        }

    def _make_gallery_menu(self) -> None:
        menu = self._menu(self.tr("&Gallery"))
        self.enroll = self._add(menu, "user-plus", self.tr("&Enrol somebody"), ["E"])
        self.enroll.setToolTip(self.tr("Take shots of a face and give it a name (E)"))
        self.enroll_files = self._add(menu, "image", self.tr("Enrol from &files…"), ["Ctrl+E"])
        self.find = self._add(menu, "search", self.tr("&Find a person"), ["Ctrl+F"])
        self.people_page = self._add(
            menu, "fullscreen", self.tr("People over the &whole window"), ["Ctrl+G"], checkable=True
        )
        self.people_page.setToolTip(
            self.tr("Everybody as a page of pictures, with their shots and a small video beside it (Ctrl+G)")
        )
        self.undo = self._add(menu, "undo", self.tr("&Undo"), ["Ctrl+Z"])
        self.undo.setEnabled(False)
        menu.addSeparator()
        self.import_gallery = self._add(menu, "import", self.tr("&Import people…"))
        self.export_gallery = self._add(menu, "export", self.tr("E&xport everybody…"))
        menu.addSeparator()
        self.privacy = self._add(menu, "shield", self.tr("Pri&vacy…"), ["Ctrl+Shift+P"])
        self.forget = self._add(menu, "trash", self.tr("For&get everything…"))
        menu.addSeparator()
        titles = [
            self.tr("Show &people"),
            self.tr("Show en&rolment"),
            self.tr("Show un&known"),
            self.tr("Show &controls"),
        ]
        icons = ["users", "user-plus", "user-question", "sliders"]
        self.tabs = [
            self._add(menu, icon, title, [f"Ctrl+{number}"])
            for number, (icon, title) in enumerate(zip(icons, titles, strict=True), start=1)
        ]

    def _make_help_menu(self) -> None:
        menu = self._menu(self.tr("&Help"))
        self.shortcuts = self._add(menu, "keyboard", self.tr("&Keyboard shortcuts"), ["F1", "?"])
        self.tour = self._add(menu, "help", self.tr("&Tour"))
        self.methods = self._add(menu, "learner", self.tr("&Methods explained"))
        lessons = _submenu(menu, self.tr("&Lessons"))
        self.lessons = [
            self._add(lessons, "", f"&{number}  {plain(translate('Lessons', lesson.title))}")
            for number, lesson in enumerate(LESSONS, start=1)
        ]
        menu.addSeparator()
        self.log_folder = self._add(menu, "folder", self.tr("Open &log folder"))
        self.about = self._add(menu, "info", self.tr("&About MetaFace"))
        self.about.setMenuRole(QAction.MenuRole.AboutRole)

    def _menu(self, title: str) -> QMenu:
        self._current = ActionGroup(plain(title))
        self.groups.append(self._current)
        menu = QMenu(title, self._window)
        self._window.menuBar().addMenu(menu)
        menu.setToolTipsVisible(True)
        return menu

    def _add(
        self, menu: QMenu, icon: str, text: str, shortcuts: list[str] | None = None, *, checkable: bool = False
    ) -> QAction:
        action = QAction(text, self)
        action.setCheckable(checkable)
        action.setShortcuts([QKeySequence(keys) for keys in shortcuts or []])
        if icon:
            set_icon(action, icon)
        menu.addAction(action)
        # Also added to the window itself, so that the shortcuts work while the menu bar is hidden in full screen.
        self._window.addAction(action)
        self._current.actions.append(action)
        return action


def _submenu(menu: QMenu, title: str) -> QMenu:
    """Add a submenu that is created in Python, to avoid a fault of PySide.

    PySide may take an object that C++ creates at a freed address for the old one there: it once returned a window's new
    menu as a `QWidgetItem` (6.11).
    """
    submenu = QMenu(title, menu)
    menu.addMenu(submenu)
    return submenu
