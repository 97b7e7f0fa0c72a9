"""A copy of the video for an audience on another screen: the same picture and names, in large letters."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter, QWidget

from metaface_gui.gui.live.live_view import LiveView

_LEAST = (240, 180)


class ProjectedViews(QSplitter):
    """Two views that share `primary`'s scene, the second of which may be hidden; the caller refreshes them with it.

    Nothing can be clicked or dropped, because only the audience is in front of them.
    """

    def __init__(self, primary: LiveView, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.views = (LiveView(self, beside=primary), LiveView(self, beside=primary))
        self.setChildrenCollapsible(False)
        self.setHandleWidth(2)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for view in self.views:
            view.setObjectName("projected-view")
            view.setMinimumSize(*_LEAST)
            view.setAcceptDrops(False)
            view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            view.set_presenting(True)
            self.addWidget(view)
        self.views[0].name_environment()
        self.set_split(False)

    def set_split(self, split: bool) -> None:
        """Show both views, equally wide, or the first alone."""
        was_split = not self.views[1].isHidden()
        self.views[1].setVisible(split)
        if split and not was_split:
            self.setSizes([self.width() // 2, self.width() - self.width() // 2])
