"""Builders of trees."""

from __future__ import annotations

import math

import numpy as np
import pytest

from offramp.engine.formula import Reading, evaluate
from offramp.expr.ir import Const, Param
from offramp.model.nodes import share_lost


@pytest.mark.parametrize("hazard", [*np.geomspace(1e-8, 1.0, 200), 0.0199, 0.02, 0.0201, 5.0])
def test_the_share_lost_keeps_its_digits_however_small(hazard):
    x = np.float32(hazard)
    share = float(evaluate(share_lost(Param(0)), Reading([x], (), (), np.zeros(0, np.float32))))
    assert share == pytest.approx(-math.expm1(-float(x)), rel=1e-5)
    assert share == pytest.approx(share_lost(Const(float(x))).value, rel=1e-5)
