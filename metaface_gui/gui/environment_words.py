"""Names on screen of the environment dial's effects."""

from __future__ import annotations

from metaface_gui.i18n import listed, translate
from metaface_gui.metalearning.frame_environments import EnvironmentSetting


def effect_title(name: str) -> str:
    """Return an effect's title; an unknown key is returned unchanged."""
    titles = {
        "masks": translate("Environments", "Mask"),
        "side_light": translate("Environments", "Side light"),
        "backlight": translate("Environments", "Backlight"),
        "fog": translate("Environments", "Fog"),
        "soft_focus": translate("Environments", "Out of focus"),
        "monochrome": translate("Environments", "Black and white"),
        "colour_cast": translate("Environments", "Orange lamp"),
        "dim_light": translate("Environments", "Fading light"),
        "old_sensor": translate("Environments", "Old webcam"),
        "distance": translate("Environments", "Far away"),
    }
    return titles.get(name, name)


def effect_explanation(name: str) -> str:
    """Return in one line what an effect does to the picture; empty for an unknown key."""
    words = {
        "masks": translate("Environments", "A mask is drawn on every face that is found."),
        "side_light": translate("Environments", "One lamp on one side: half of each face is dark."),
        "backlight": translate("Environments", "A bright window behind: faces are dark and veiled."),
        "fog": translate("Environments", "A pale veil, bleeding light, low contrast."),
        "soft_focus": translate("Environments", "The lens is out of focus."),
        "monochrome": translate("Environments", "A monochrome camera with high contrast and grain."),
        "colour_cast": translate("Environments", "An orange lamp: hardly any blue is left."),
        "dim_light": translate("Environments", "Few photons: a dark picture full of sensor noise."),
        "old_sensor": translate("Environments", "Few pixels, colour noise, sharpened and compressed."),
        "distance": translate("Environments", "Everybody is far away and small."),
    }
    return words.get(name, "")


def setting_words(setting: EnvironmentSetting) -> str:
    """Return what the dial is set to, e.g. “Fading light 60 %, Fog 30 %”; "" if it is off."""
    parts = ((name, round(100 * strength)) for name, strength in setting.effects)
    return listed(f"{effect_title(name)} {percent}\u00a0%" for name, percent in parts if percent)


def label_words(label: str) -> str:
    """Return the same for the `EnvironmentSetting.label` with which a frame or shot is marked."""
    parts = (part.rpartition(" ") for part in label.split(", ") if part)
    return listed(f"{effect_title(name)} {percent}\u00a0%" for name, _space, percent in parts)
