"""The probabilities of the verdicts on a point."""

from dataclasses import dataclass

from tutor.bank import Verdict


@dataclass(frozen=True, slots=True)
class Probabilities:
    """The probabilities of the three verdicts; they add up to 1."""

    met: float
    partial: float
    missed: float

    def of(self, verdict: Verdict) -> float:
        """The probability of one verdict."""
        return {Verdict.MET: self.met, Verdict.PARTIAL: self.partial}.get(verdict, self.missed)

    @property
    def worth(self) -> float:
        """The expected share of the point's weight, from 0 to 1."""
        return self.met + self.partial / 2

    @property
    def likeliest(self) -> Verdict:
        """The verdict with the highest probability; among equals the one that earns less."""
        return max((Verdict.MISSED, Verdict.PARTIAL, Verdict.MET), key=self.of)

    @property
    def likeliest_below_met(self) -> Verdict:
        """The likelier of partial and missed, for a point that cannot be met."""
        return max((Verdict.MISSED, Verdict.PARTIAL), key=self.of)
