"""Characters that nobody sees and that steer what they see: no report and no page needs them."""

from __future__ import annotations

from typing import Final

CONTROLS: Final = (*range(0x09), *range(0x0B, 0x20), *range(0x7F, 0xA0))  # not tab, not line break
REORDERING: Final = (0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
STEERING: Final = (*CONTROLS, *REORDERING)
