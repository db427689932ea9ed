"""Number the distribution families for tables: the codes of ``core.draws``, and one more for ``Categorical``."""

from __future__ import annotations

from offramp.core.distributions import FAMILIES
from offramp.core.draws import CONSTANT

CATEGORICAL = 1 + max(family.code for family in FAMILIES.values() if family.code is not None)


def family_code(family: str) -> int:
    """Return the code by which tables and kernels know a family; "Constant" is a plain number."""
    if family == "Constant":
        return CONSTANT
    code = FAMILIES[family].code
    return CATEGORICAL if code is None else code
