"""German compounds: 'Wortvektor' is a 'Vektor', and the 'Vektor des Wortes'.

A compound is what its last part names, so 'Vektorraum' is no 'Vektor'. Without a dictionary a
prefix cannot be told from a noun, so words that begin with one are left alone: an 'Abbildung' is no
'Bildung'.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping

from tutor.grading.text import word_set

_PREFIXES = word_set(
    "ab an auf aus be bei dar durch ein emp ent er fehl fort ge gegen her hin hinter miss mit nach "
    "nicht neben ober rück statt über um un unter ur ver vor weg weiter wider wieder zer zu zurück "
    "zusammen zwischen anti de dis in inter non re sub halb semi pseudo quasi schwach"
)
_SELF = "selbst"
"""'Selbstüberwacht' is not 'überwacht', though 'Selbstaufmerksamkeit' is an 'Aufmerksamkeit'."""
_LINKS = ("", "s", "n", "en", "es", "er", "e")
_SHORTEST_HEAD, _SHORTEST_MODIFIER = 5, 3
_LONGEST = 40
_NEAR = 4
"""How many tokens may lie between the parts of a compound that is written out."""


class Compounds:
    """The stems of a German answer and where they stand."""

    def __init__(self, stems: Mapping[str, Mapping[int, int]]) -> None:
        self._stems = stems
        self._by_head: dict[str, list[str]] = defaultdict(list)
        for stem in stems:
            for cut in range(_SHORTEST_MODIFIER, min(len(stem), _LONGEST) - _SHORTEST_HEAD + 1):
                participle = stem[:cut] == _SELF and stem[-1] == "t"
                if stem.isalpha() and stem[:cut] not in _PREFIXES and not participle:
                    self._by_head[stem[cut:]].append(stem)

    def find(self, stem: str) -> dict[int, int]:
        """Where a compound that ends in `stem` stands, or `stem` itself in two words."""
        found: dict[int, int] = {}
        for compound in self._by_head.get(stem, ()):
            found |= self._stems[compound]
        for head, modifier in self._parts(stem) if stem.isalpha() else ():
            found |= {
                at: end
                for at, end in self._stems[head].items()
                if any(abs(at - other) <= _NEAR for other in self._stems[modifier])
            }
        return found

    def _parts(self, stem: str) -> Iterator[tuple[str, str]]:
        """The ways to cut `stem` into two words of the answer, the head first."""
        for cut in range(_SHORTEST_MODIFIER, min(len(stem), _LONGEST) - _SHORTEST_MODIFIER):
            if stem[cut:] not in self._stems or stem[:cut] in _PREFIXES:
                continue
            for link in _LINKS:
                modifier = stem[:cut].removesuffix(link)
                if len(modifier) >= _SHORTEST_MODIFIER and modifier in self._stems:
                    yield stem[cut:], modifier
