"""Long matrices of cases: some in every run, all of them in `make test` and `make test-long` together."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import pytest


def matrix(cases: Iterable[Any], often: Collection[Any]) -> list[Any]:
    """Parameters for `parametrize`: cases that are not in `often` are marked `long`.

    Args:
        cases: one value, or a tuple of values, for each case.
        often: the cases of every run; each must be one of `cases`.
    """
    cases = list(cases)
    assert set(often) <= set(cases), set(often) - set(cases)
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)),
            marks=() if case in often else pytest.mark.long,
        )
        for case in cases
    ]
