"""The frozen values that travel through the program, from an exact number to a tree of blocks.

values ── charts ── blocks ── document        errors, formats, messages stand beside them and are named in full
"""

from reportgen.model.blocks import *  # noqa: F403
from reportgen.model.charts import *  # noqa: F403
from reportgen.model.document import *  # noqa: F403
from reportgen.model.values import *  # noqa: F403
