"""People, their shots, consents and templates; the only package that uses SQLite.

Lives here: what is stored (`records`), which names are valid (`names`), the file (`schema`, `files`, `lock`,
`transaction`, `database`), how it is encrypted (`cipher`, `protection`, `passphrase`), where the keys are kept
(`keys`), the operations (`rows`, `living`, `changes`, `choices`, `rights`, `transfer`) and `Gallery`, the one class
that others use.

May not live here: Qt, torch, picture decoding. A shot's picture is bytes; callers that need pixels decode them.
"""

from metaface_gui.gallery.changes import (
    AddedShots,
    DeletedPerson,
    DeletedShot,
    EnrolledPerson,
    GalleryChange,
    MergedPeople,
    RenamedPerson,
)
from metaface_gui.gallery.choices import ChosenCover, HiddenPerson, ToldApart
from metaface_gui.gallery.gallery import Gallery
from metaface_gui.gallery.keys import FileKeys, KeyStore, MemoryKeys
from metaface_gui.gallery.names import MAX_NAME, clean_name, name_key
from metaface_gui.gallery.passphrase import MAX_PASSPHRASE, PassphraseError
from metaface_gui.gallery.records import (
    MAX_CHIP_BYTES,
    MAX_DIM,
    Consent,
    GallerySnapshot,
    NewConsent,
    NewShot,
    Person,
    Retention,
    Shot,
    ShotId,
    ShotSource,
    Templates,
)
from metaface_gui.gallery.rights import StoredPerson, StoredShot
from metaface_gui.gallery.transfer import ClashPolicy, ImportReport, OnProgress, needs_passphrase

__all__ = [
    "MAX_CHIP_BYTES",
    "MAX_DIM",
    "MAX_NAME",
    "MAX_PASSPHRASE",
    "AddedShots",
    "ChosenCover",
    "ClashPolicy",
    "Consent",
    "DeletedPerson",
    "DeletedShot",
    "EnrolledPerson",
    "FileKeys",
    "Gallery",
    "GalleryChange",
    "GallerySnapshot",
    "HiddenPerson",
    "ImportReport",
    "KeyStore",
    "MemoryKeys",
    "MergedPeople",
    "NewConsent",
    "NewShot",
    "OnProgress",
    "PassphraseError",
    "Person",
    "RenamedPerson",
    "Retention",
    "Shot",
    "ShotId",
    "ShotSource",
    "StoredPerson",
    "StoredShot",
    "Templates",
    "ToldApart",
    "clean_name",
    "name_key",
    "needs_passphrase",
]
