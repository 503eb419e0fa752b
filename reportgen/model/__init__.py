"""The frozen values that travel through the program, from an exact number to a tree of blocks.

values ── charts ── blocks ── document        errors, formats, messages stand beside them and are named in full
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reportgen.model.blocks import *  # noqa: F403
    from reportgen.model.charts import *  # noqa: F403
    from reportgen.model.document import *  # noqa: F403
    from reportgen.model.exhibits import *  # noqa: F403
    from reportgen.model.own_blocks import *  # noqa: F403
    from reportgen.model.values import *  # noqa: F403
else:

    def __getattr__(name: str) -> object:
        """A class or type, from the first module that has it: `--help` needs texts and no blocks, which take 60 ms."""
        if not name[0].isupper():
            raise AttributeError(name)
        for module in ("values", "charts", "exhibits", "own_blocks", "blocks", "document"):
            there = vars(import_module(f"{__name__}.{module}"))
            if name in there:
                globals()[name] = there[name]
                return there[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
