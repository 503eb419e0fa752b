"""The numbers of a paper that an input words by itself: they are read there, and nothing was worked out.

Dates, times, reference and telephone numbers of publication.toml; what the rules say in words; names of units. Every
other number of a paper is a figure of the ledger.
"""

from __future__ import annotations

from collections.abc import Iterator

from reportgen.kinds.awards.composer import AwardComposer, later
from reportgen.kinds.stated import numbers_in, strings
from reportgen.model import Text, formats


def numbers(composer: AwardComposer) -> tuple[str, ...]:
    """Each of them once, in order."""
    return numbers_in(_words(composer))


def _words(composer: AwardComposer) -> Iterator[str]:
    yield from strings(composer.publication.raw)
    for text in _texts(composer):
        yield from (text.zh, text.en)
    yield from _times(composer)
    # The rows of lists and the sheets are counted through.
    shares = sum(len(decision.bonus.shares) for decision in composer.result.decisions if decision.bonus)
    yield from (str(number) for number in range(1, max(len(composer.result.decisions), shares) + 1))


def _texts(composer: AwardComposer) -> Iterator[Text]:
    result, plan = composer.result, composer.plan
    yield Text(str(result.roc_year), str(formats.gregorian_year(result.roc_year)))
    yield from (formats.roc_date(paper.issued) for paper in plan.official.values())
    yield formats.roc_date(plan.issued)
    yield from (text for rule in result.rules for text in rule)
    yield from (text for group in result.groups for text in (group.label, group.worked))
    yield result.standard.words
    yield Text(result.standard.source, result.standard.source)
    yield from (reward.label for tier in result.tiers for reward in tier.rewards)
    for decision in result.decisions:
        yield from (decision.person.names, decision.person.unit)
        yield from (decision.rounding,) if decision.rounding else ()
        for check in decision.checks:
            yield check.label
            yield from (side for side in (check.value, check.threshold) if isinstance(side, Text))
        yield from (item.band for item in decision.items if item.band)
        cells = decision.person.cells
        yield Text(
            " ".join(cells.get(name, "") for name in ("postcode", "address")), cells.get("address_en", "")
        )


def _times(composer: AwardComposer) -> Iterator[str]:
    """The times of the programme: the declared beginning and minutes, added up."""
    ceremony, minutes = composer.plan.ceremony, 0
    if not ceremony:
        return
    yield from (ceremony.at.strftime("%H %M"), str(formats.clock(ceremony.at.hour, ceremony.at.minute)))
    yield str(formats.roc_date(ceremony.on))
    for step in ceremony.steps:
        minutes += step.minutes
        hour, minute = later(ceremony.on, ceremony.at.hour, ceremony.at.minute, minutes)
        yield f"{hour:02} {minute:02}"
