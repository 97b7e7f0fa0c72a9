"""Which people are for meta-training, which for meta-validation, which for meta-testing.

A person's part follows from their name and a seed alone, so that it stays the same whatever else a data set holds,
and one command's training people can never be another command's test people.
"""

from __future__ import annotations

import hashlib
from enum import Enum

SPLIT_SEED = 0
_TRAIN_UP_TO, _VALIDATION_UP_TO = 0.6, 0.7


class Split(Enum):
    """The three parts of a data set's people."""

    META_TRAIN = "meta-train"
    META_VALIDATION = "meta-validation"
    META_TEST = "meta-test"


def split_of(identity: str, seed: int = SPLIT_SEED) -> Split:
    """Return the part that a person belongs to: 60 % train, 10 % validate, 30 % test.

    The first 64 bits of SHA-256 of "seed:identity", as a fraction of 2⁶⁴, say which.
    """
    digest = hashlib.sha256(f"{seed}:{identity}".encode()).digest()
    fraction = int.from_bytes(digest[:8], "big") / 2**64
    if fraction < _TRAIN_UP_TO:
        return Split.META_TRAIN
    return Split.META_VALIDATION if fraction < _VALIDATION_UP_TO else Split.META_TEST
