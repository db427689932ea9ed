"""What a likelihood makes nothing of, told with the reason: no row is dropped in silence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from offramp.core.errors import Place

Part = Literal["row", "mark", "measurement"]


@dataclass(frozen=True, slots=True)
class Unused:
    """A row of the record, or a part of one, that is no data.

    part : a whole event row, one of the marks of a row that is used, or a measurement
    name : id of the row, with the tally for a mark; quantity and date of a measurement
    """

    part: Part
    name: str
    place: Place
    reason: str
