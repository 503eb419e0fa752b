"""The printer's edition: a laid out PDF whose colours are turned into the inks of a declared press.

`read_conditions` reads what is declared, `to_press` makes the PDF/X-4, `check` looks at a finished one.
"""

from reportgen.write.press.conditions import Conditions, read_conditions
from reportgen.write.press.conversion import to_press
from reportgen.write.press.inspection import Findings, check

__all__ = ["Conditions", "Findings", "check", "read_conditions", "to_press"]
