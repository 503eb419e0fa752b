"""How the targets are worked out, in words: each factor with its formula, then each step from index to whole steps."""

from __future__ import annotations

from reportgen.compute.targets import Factor
from reportgen.kinds.targets.composer import TargetComposer
from reportgen.model import EMPTY, Definition


def definitions(composer: TargetComposer) -> tuple[Definition, ...]:
    words, scheme = composer.words, composer.scheme
    made = [_factor(composer, factor) for factor in scheme.factors]
    steps = [
        "index",
        "share",
        "limits",
        "multiplier",
        "branch_steps",
        "unit_share",
        "service",
        "new_unit",
        "unit_limits",
        "unit_steps",
    ]
    for name in steps:
        made.append(
            Definition(
                label=words[f"step.{name}"],
                formula=words[f"step.{name}_formula"],
                unit=EMPTY,
                better=EMPTY,
                remarks=(words[f"step.{name}_why"],),
                anchor=f"m-{name}",
            )
        )
    return tuple(made)


def _factor(composer: TargetComposer, factor: Factor) -> Definition:
    """The size that a factor is shared by, its unit, its direction, and where it is read."""
    words, dataset = composer.words, composer.material.dataset
    measure = dataset.measures[factor.column]
    table = dataset.tables[measure.table]
    unit = composer.head(measure.unit)
    return Definition(
        label=composer.stated(factor.label),
        formula=words[f"size.{factor.normalisation}_{factor.direction}"],
        unit=unit,
        better=words[f"direction.{factor.direction}"],
        remarks=(composer.say("method.column", table=table.label, column=measure.label),),
        anchor=f"m-{factor.id}",
    )
