"""Whether a template does nothing with the lines of a certificate but print them: by its code, whatever the lines are.

What cannot be shown so is no fault: such a template is run for each person, and what it makes is compared.
"""

from __future__ import annotations

from collections.abc import Iterator

from jinja2 import Environment, nodes

# They keep what a template prints, so that it can look at it.
_KEEPING = (nodes.AssignBlock, nodes.FilterBlock, nodes.CallBlock)
_ELSEWHERE = (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends)
_PRINTERS = frozenset(("one", "plain", "clauses"))


def only_places(env: Environment, template: str) -> bool:
    """Whether every use of a person's lines is one that cannot see them."""
    assert env.loader
    tree = env.parse(env.loader.get_source(env, template)[0])
    if next(tree.find_all((*_KEEPING, *_ELSEWHERE)), None) is not None:
        return False
    watched = {"certificate", "title", "pictures", "loop", "varargs", "kwargs", "caller"}
    watched |= {loop.target.name for loop in _loops(tree) if isinstance(loop.target, nodes.Name)}
    watched |= {param.name for macro in tree.find_all(nodes.Macro) for param in macro.args}
    blind = {id(name) for name in _blind(tree)}
    read = (name for name in tree.find_all(nodes.Name) if name.ctx == "load" and name.name in watched)
    return all(id(name) in blind for name in read)


def _loops(tree: nodes.Node) -> Iterator[nodes.For]:
    """The loops over the fields of the certificate, all of them."""
    for loop in tree.find_all(nodes.For):
        if _is_part(loop.iter, "fields") and loop.test is None:
            yield loop


def _is_part(node: nodes.Node, attribute: str) -> bool:
    return isinstance(node, nodes.Getattr) and node.attr == attribute and isinstance(node.node, nodes.Name)


def _blind(tree: nodes.Template) -> Iterator[nodes.Name]:
    """The names where they stand in a use that sees no line."""
    printers = _PRINTERS | {macro.name for macro in tree.find_all(nodes.Macro)}
    for loop in _loops(tree):
        yield from loop.iter.find_all(nodes.Name)
    for part in tree.find_all(nodes.Getattr):
        if isinstance(part.node, nodes.Name) and _sees_none(part.node.name, part.attr):
            yield part.node
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in ("halves_of", "step"):
            yield from _whole(call.args)
    for output in tree.find_all(nodes.Output):
        yield from _whole(output.nodes)
        for printed in output.nodes:
            if (
                isinstance(printed, nodes.Call)
                and isinstance(printed.node, nodes.Name)
                and printed.node.name in printers
            ):
                yield from _whole(printed.args)
            elif isinstance(printed, nodes.Getitem):  # the picture of the code
                yield from printed.find_all(nodes.Name)


def _sees_none(name: str, attribute: str) -> bool:
    if name == "certificate":
        return attribute != "fields"
    return (
        attribute in ("first", "last", "index", "index0", "length") if name == "loop" else attribute == "id"
    )


def _whole(arguments: list[nodes.Expr]) -> Iterator[nodes.Name]:
    """Names that are handed on as they are, or the text of a field."""
    for argument in arguments:
        if isinstance(argument, nodes.Name):
            yield argument
        elif _is_part(argument, "text"):
            yield from argument.find_all(nodes.Name)
