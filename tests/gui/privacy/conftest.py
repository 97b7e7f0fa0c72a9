"""What tests of consent, periods and forgetting share."""

from tests.gui.panels.conftest import say

__all__ = ["say"]
