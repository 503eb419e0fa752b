"""The classes of a heat map: from light to dark, or to both sides of a meaningful value."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from reportgen.model.formats import grouped, half_up
from reportgen.write.charts.forms import Job, round_steps


@dataclass(frozen=True, kw_only=True)
class Shades:
    """Limits of classes, one more than there are `grounds`; a number that is the `middle` has the palest ground."""

    limits: list[Fraction]
    digits: int
    grounds: list[str]
    middle: Fraction | None = None
    palest: str = ""

    @classmethod
    def of(cls, job: Job) -> Shades:
        """Those of the line of comparison where there is one."""
        numbers, ramp = job.numbers(), job.theme.ramp
        if targets := job.targets():
            return cls._about(job, targets[-1], numbers)
        limits, digits = round_steps(min(numbers), max(numbers), len(ramp))
        classes = len(limits) - 1
        steps = [round(n * (len(ramp) - 1) / max(1, classes - 1)) for n in range(classes)]
        return cls(limits=limits, digits=digits, grounds=[ramp[step] for step in steps])

    @classmethod
    def _about(cls, job: Job, middle: Fraction, numbers: list[Fraction]) -> Shades:
        """Two classes on either side, equally wide; the warm ones are on the side that is worse."""
        half = max(abs(number - middle) for number in numbers) or Fraction(1)
        (_, step, *_), digits = round_steps(Fraction(0), half, 2)
        limits = [middle + step * number for number in range(-2, 3)]
        while any(round(limit, digits) != limit for limit in limits) and digits < 6:
            digits += 1
        low, below, palest, above, high = job.theme.diverging
        grounds = [low, below, above, high]
        if job.spec.better == "low":
            grounds.reverse()
        return cls(limits=limits, digits=digits, grounds=grounds, middle=middle, palest=palest)

    def ground(self, number: Fraction) -> str:
        if number == self.middle:
            return self.palest
        upper = (at for at, limit in enumerate(self.limits[1:]) if number < limit)
        return self.grounds[next(upper, len(self.grounds) - 1)]

    def labels(self) -> list[str]:
        return [grouped(half_up(limit, self.digits)) for limit in self.limits]
