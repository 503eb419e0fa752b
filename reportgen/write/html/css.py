"""What may not stand in a style: what loads, runs, hides, or has no bound. Read by tinycss2, as the layout reads it."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator

import tinycss2
from tinycss2.ast import Node

from reportgen.model import Text, limits
from reportgen.model.errors import KindError, Place, Problem
from reportgen.model.messages import message

MAX_NUMBER = limits.STYLE_NUMBER  # whatever the unit
LOADING_RULES = frozenset(["import", "namespace", "charset", "font-face"])
LOADING_FUNCTIONS = frozenset(["expression", "image-set", "image", "element", "src"])
RUNNING_PROPERTIES = frozenset(["behavior", "behaviour", "-moz-binding"])

Picture = Callable[[str], Text | None]  # what is wrong with the address of a picture
_END = "\n@end;"
LONGEST = 40  # digits
_LONG = re.compile(rf"\d{{{LONGEST},}}")


@functools.lru_cache(64)  # the same sheets dress each document of a kind
def check_style(css: str, file: str, picture: Picture) -> None:
    """KindError with every fault of a style sheet, also with a rule that is not closed and takes the next ones with it."""
    outermost = _parsed(css + _END)
    faults = list(_faults(outermost, picture))
    if outermost[-1] != ";":
        faults.append((message("templates.is_never_closed_write"), outermost[-1].source_line))
    if faults:
        raise KindError(Problem(Place(file, row=row), fault.en, fault.zh) for fault, row in faults)


def style_faults(css: str, picture: Picture) -> Iterator[tuple[Text, int]]:
    """What may not stand in a <style> or a style attribute, with its line from 1."""
    return _faults(_parsed(css), picture)


def _parsed(css: str) -> list[Node]:
    """A whole number of thousands of digits, which Python refuses to read, keeps as many as make it too large."""
    nodes: list[Node] = tinycss2.parse_component_value_list(
        _LONG.sub(lambda digits: digits[0][:LONGEST], css)
    )
    return nodes


def _faults(nodes: list[Node], picture: Picture) -> Iterator[tuple[Text, int]]:
    rest = nodes[::-1]
    while rest:
        node = rest.pop()
        if fault := _fault(node, picture):
            yield fault, node.source_line
        inside = getattr(node, "content", None) or getattr(node, "arguments", [])
        rest.extend(inside[::-1])


def _fault(node: Node, picture: Picture) -> Text | None:
    match node.type:
        case "error" if node.kind == "}":
            return message("templates.closes_nothing_2")
        case "error":
            return message("templates.style_cannot_read", error=node.message)
        case "at-keyword" if node.lower_value in LOADING_RULES:
            return message("templates.style_sheet_loads_nothing")
        case "ident" if node.value.startswith("--"):
            return message("templates.variables_may_not_stand_here")
        case "ident" if node.lower_value in RUNNING_PROPERTIES:
            return message("templates.function_may_load_run_something")
        case "function" if node.lower_name == "var":
            return message("templates.variables_may_not_stand_here")
        case "function" if node.lower_name in LOADING_FUNCTIONS:
            return message("templates.function_may_load_run_something")
        case "function" if node.lower_name == "url":
            return _address(
                "".join(value.value for value in node.arguments if value.type == "string"), picture
            )
        case "url":
            return _address(node.value, picture)
        case "number" | "percentage" | "dimension":
            number = node.representation
            if abs(node.value) > MAX_NUMBER or "e" in number.lower():
                return message(
                    "templates.number_is_beyond_has_exponent", match=number[:20], max_number=MAX_NUMBER
                )
    return None


def _address(address: str, picture: Picture) -> Text | None:
    return None if address.startswith("#") else picture(address)
