"""Make the scalar functions of ``core`` callable from compiled code, under their own names and from their own source.

``core.arithmetic``, ``core.noise`` and ``core.draws`` are plain Python.  Importing this module registers each of their
functions with Numba (``register_jitable``): a kernel imports ``gumbel`` from ``offramp.core.noise``, the reference
interpreter imports the same object, and there is no second text that could drift.

Functions without branches are always inlined (``forceinline``), because a loop over lanes that still holds a call is
not vectorised; those with branches or loops of their own could not be vectorised anyhow and stay calls.  There are no
fast-math flags: nothing may be contracted or reassociated, or the bits would differ from those of the reference.
Kernels that call these functions may use ``cache=True``; what is cached is the kernel with all that it calls.  Numba
does not notice edits of ``core`` then, so whoever caches kernels keys them on the text of ``core``, too.
"""

import dis
import inspect
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

from numba.extending import register_jitable

from offramp.core import arithmetic, draws, noise, special
from offramp.engine.kernels import bits as _lowered_primitives  # noqa: F401  (imported for its registrations)

_HOST_ONLY = frozenset({"_floats", "slot", "find_collisions", "cumulative_weights"})


def shared_functions() -> Iterator[Callable[..., Any]]:
    """Iterate over the scalar functions of ``core`` that compiled code may call, private ones included."""
    return (f for module in (arithmetic, noise, special, draws) for f in _own_functions(module))


def _own_functions(module: ModuleType) -> Iterator[Callable[..., Any]]:
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__ and name not in _HOST_ONLY:
            yield function


def is_branchless(function: Callable[..., Any]) -> bool:
    """Tell whether a function runs straight through, so that a loop over lanes that calls it can be vectorised."""
    return not any(instruction.is_jump_target for instruction in dis.get_instructions(function))


for _function in shared_functions():
    register_jitable(forceinline=is_branchless(_function), error_model="numpy")(_function)
