"""Draws of some parameters to be used in place of their priors, such as those of a posterior.

Each run takes one draw as a whole, picked by an addressed uniform of its own: so an edited run has the same parameters
as its baseline, and adding runs changes none.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from offramp.core.noise import slot


@dataclass(frozen=True, eq=False)  # it holds arrays
class Fitted:
    """Draws of some parameters of a Model.

    parameters : (parameter,) indices in the Model; values : (draw, parameter) float32, all draws alike
    """

    parameters: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    values: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    slot: int = slot("fitted", "draw")

    @property
    def is_empty(self) -> bool:
        """Whether all parameters are drawn from their priors."""
        return self.values.size == 0


PRIORS_ONLY: Final = Fitted()
