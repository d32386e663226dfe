"""Answers cut into their points."""

import pytest

from tutor.authoring.drafting.points import MOST_POINTS, cut_into_points

CUT = [
    ("Paris", ["Paris"]),
    ("1789", ["1789"]),
    ("The crystals were square. They had crosses on each side.",
     ["The crystals were square.", "They had crosses on each side."]),
    # lists
    ("Drei Gründe:\n- Er ist schnell, z. B. bei 3.5 GHz.\n- Er ist billig.\n- Er ist leise.",
     ["Er ist schnell, z. B. bei 3.5 GHz.", "Er ist billig.", "Er ist leise."]),
    ("1. schnell\n2. billig", ["schnell", "billig"]),
    ("Vorteile:\n* schnell\n* billig\nNachteile:\n* laut\n* schwer",
     ["Vorteile: schnell", "Vorteile: billig", "Nachteile: laut", "Nachteile: schwer"]),
    ("Either is right: (a) it is a subset of the other; (b) it is more specific than that.",
     ["it is a subset of the other", "it is more specific than that."]),
    ("Goals: 1.Security: packets are encrypted. 2.Scalability: networks may grow.",
     ["Security: packets are encrypted.", "Scalability: networks may grow."]),
    ("Fields: -Sequence number -Acknowledgment number -Reserved bits",
     ["Sequence number", "Acknowledgment number", "Reserved bits"]),
    ("● subset of the events ● more specific than them",
     ["subset of the events", "more specific than them"]),
    ("（1）X中元素按序全部进入S1中。（2）依次将S1中元素压入S2栈中。",
     ["X中元素按序全部进入S1中。", "依次将S1中元素压入S2栈中。"]),
    ("Chapter (xv) says that the cells divide.", ["Chapter (xv) says that the cells divide."]),
    # a list within a sentence, where there is nothing else
    ("Adenine, thymine, guanine, and cytosine.", ["Adenine", "thymine", "guanine", "cytosine"]),
    ("Die vier Basen: Adenin, Thymin, Guanin und Cytosin",
     ["Adenin", "Thymin", "Guanin", "Cytosin"]),
    ("It is big, bad and has the longest teeth of all animals.",
     ["It is big, bad and has the longest teeth of all animals."]),
    # clauses
    ("The cell divides twice; each daughter is haploid.",
     ["The cell divides twice", "each daughter is haploid."]),
    ("The encoder reads the whole input, and the decoder generates the output words.",
     ["The encoder reads the whole input", "the decoder generates the output words."]),
    ("The input, the output, and the hidden state are vectors of numbers.",
     ["The input, the output, and the hidden state are vectors of numbers."]),
    ("It is not a list, but a tree.", ["It is not a list, but a tree."]),
    ("Der Encoder sieht alle Wörter des Satzes, während der Decoder nur frühere Wörter sieht.",
     ["Der Encoder sieht alle Wörter des Satzes", "der Decoder nur frühere Wörter sieht."]),
    ("栈是后进先出的线性表，而队列是先进先出的线性表。插入在表尾；删除在表头。",
     ["栈是后进先出的线性表", "队列是先进先出的线性表。", "插入在表尾", "删除在表头。"]),
    ("Сеть становится глубже, т. е. слоёв больше. Параметров столько же, и т. д.",
     ["Сеть становится глубже, т. е. слоёв больше.", "Параметров столько же, и т. д."]),
    # what is not cut
    ("Ja. Der Encoder sieht alle Wörter.", ["Ja. Der Encoder sieht alle Wörter."]),
    ("Am 1. Mai war es kalt. Am 2. Mai war es warm.",
     ["Am 1. Mai war es kalt.", "Am 2. Mai war es warm."]),
    ("The rate is 0.5, e.g. for $a; b. C$ and `x; y. Z`, see Fig. 3.",
     ["The rate is 0.5, e.g. for $a; b. C$ and `x; y. Z`, see Fig. 3."]),
    ("Use a loop: ```\nfor x in y:\n    print(x); z()\n```",
     ["Use a loop: ``` for x in y: print(x); z() ```"]),
    ("First line that somebody wrapped at some width and\nwhich goes on in the next line, with\n"
     "a few words more.",
     ["First line that somebody wrapped at some width and which goes on in the next line, with a "
      "few words more."]),
    ("E. coli is a bacterium. H. sapiens has 46 chromosomes.",
     ["E. coli is a bacterium.", "H. sapiens has 46 chromosomes."]),
    ("a. It is made of RNA.\nb. It folds by itself.",
     ["It is made of RNA.", "It folds by itself."]),
    # abbreviations that only what follows shows
    ("König Friedrich Wilhelm IV. lehnte die Krone ab. Er floh.",
     ["König Friedrich Wilhelm IV. lehnte die Krone ab. Er floh."]),
    ("Um 44 v. Chr. starb Cäsar in Rom. Am 14. Okt. 1806 siegte Napoleon bei Jena.",
     ["Um 44 v. Chr. starb Cäsar in Rom.", "Am 14. Okt. 1806 siegte Napoleon bei Jena."]),
    ("Der Käufer ist gem. § 433 Abs. 2 BGB zur Zahlung verpflichtet. Prof. Dr. med. Koch sah es.",
     ["Der Käufer ist gem. § 433 Abs. 2 BGB zur Zahlung verpflichtet.",
      "Prof. Dr. med. Koch sah es."]),
    ("In R v. Brown consent was no defence. The case was decided in 1993.",
     ["In R v. Brown consent was no defence.", "The case was decided in 1993."]),
    ("В 1812 г. Наполеон вторгся в Россию. Армия насчитывала ок. 600 тысяч солдат.",
     ["В 1812 г. Наполеон вторгся в Россию.", "Армия насчитывала ок. 600 тысяч солдат."]),
    ("the cell divides twice. each daughter is haploid.",
     ["the cell divides twice.", "each daughter is haploid."]),
    # what says nothing alone
    ("The pump moves sodium out. It does so by hydrolysing ATP. This costs much energy.",
     ["The pump moves sodium out. It does so by hydrolysing ATP.", "This costs much energy."]),
    ("Der Staat griff in Rechte ein. Dies geschah durch Gesetze.",
     ["Der Staat griff in Rechte ein. Dies geschah durch Gesetze."]),
    ("Насос переносит ионы натрия. Это происходит за счёт АТФ.",
     ["Насос переносит ионы натрия. Это происходит за счёт АТФ."]),
    ("自然人的民事权利能力始于出生，终于死亡。（《民法典》第13条）",
     ["自然人的民事权利能力始于出生，终于死亡。"]),
    ("Everyone has the right to life. (No exception is allowed.)",
     ["Everyone has the right to life. (No exception is allowed.)"]),
    ("The pump needs ATP. See Fig. 3.2 in Alberts et al. for details.", ["The pump needs ATP."]),
    ("See sind stehende Gewässer. Siehe auch Kap. 3.", ["See sind stehende Gewässer."]),
    ("See Fig. 3.2 for details.", ["See Fig. 3.2 for details."]),
    # lead-ins within a sentence
    ("There are three kinds: simple diffusion; facilitated diffusion; osmosis.",
     ["simple diffusion", "facilitated diffusion", "osmosis."]),
    ("包括两类：八周岁以上的未成年人；不能完全辨认自己行为的成年人。",
     ["八周岁以上的未成年人", "不能完全辨认自己行为的成年人。"]),
    ("Vorteile sind u. a.: geringe Kosten; hohe Geschwindigkeit; einfache Wartung.",
     ["geringe Kosten", "hohe Geschwindigkeit", "einfache Wartung."]),
    ("Three elements are required: a duty of care, a breach of that duty, and damage by it.",
     ["a duty of care", "a breach of that duty", "damage by it."]),
    ("Die drei Staatsgewalten sind Legislative, Exekutive und Judikative.",
     ["Legislative", "Exekutive", "Judikative."]),
    ("Различают два вида памяти: кратковременную и долговременную.",
     ["кратковременную", "долговременную."]),
    ("The three strands are twisted, so that they are strong and light.",
     ["The three strands are twisted, so that they are strong and light."]),
    ("Der Deutsch-Dänische Krieg 1864, der Deutsche Krieg 1866 und der Krieg von 1870/71.",
     ["Der Deutsch-Dänische Krieg 1864", "der Deutsche Krieg 1866", "der Krieg von 1870/71"]),
    ("Ein bidirektionales RNN besteht aus zwei RNNs mit eigenen Gewichten: Eines liest von vorn, "
     "das andere von hinten.",
     ["Ein bidirektionales RNN besteht aus zwei RNNs mit eigenen Gewichten",
      "Eines liest von vorn", "das andere von hinten."]),
    ("GPT-3 is not tuned: instruction and examples are in the context, the weights stay.",
     ["GPT-3 is not tuned: instruction and examples are in the context, the weights stay."]),
    ("The line between the two is thin: by the chain rule it is split, as models do.",
     ["The line between the two is thin: by the chain rule it is split, as models do."]),
    ("When less than 3 scoops of it are used, the more is used, the greater is the mass.",
     ["When less than 3 scoops of it are used, the more is used, the greater is the mass."]),
    ("1: Trace the features onto the grid. 2: Transfer them to a smaller grid.",
     ["1: Trace the features onto the grid.", "2: Transfer them to a smaller grid."]),
    ("自注意力的时间按平方增长。这是因为每个词都要与所有词比较。",
     ["自注意力的时间按平方增长。这是因为每个词都要与所有词比较。"]),
    ("Softmax: e² ≈ 7.39, the sum is 9.39; 0.79; 0.11.",
     ["Softmax: e² ≈ 7.39, the sum is 9.39; 0.79; 0.11."]),
    ("No: the enzyme is a catalyst; it is not consumed in it.",
     ["No: the enzyme is a catalyst", "it is not consumed in it."]),
    ("Man unterscheidet (1) Vorsatz, (2) Fahrlässigkeit und (3) Zufall.",
     ["Vorsatz", "Fahrlässigkeit", "Zufall."]),
    # tables
    ("| | Light reactions | Calvin cycle |\n|---|:-:|---|\n| Place | thylakoid | stroma |\n"
     "| Output | O2 | |",
     ["Place: thylakoid (Light reactions), stroma (Calvin cycle)",
      "Output: O2 (Light reactions)"]),
    ("| Term | Meaning |\n|---|---|\n| codon | three nucleotides |\n| intron | is cut out |",
     ["codon: three nucleotides", "intron: is cut out"]),
    ("codon | three nucleotides\nintron | is cut out",
     ["codon: three nucleotides", "intron: is cut out"]),
    ("The norm |x| is even.\nIt is convex, too.", ["The norm |x| is even.", "It is convex, too."]),
    # code next to prose is shown and not asked for, unless it is what the prose announces
    ("It casts to an rvalue; it moves nothing.\n```cpp\nauto a = std::move(b);\n```",
     ["It casts to an rvalue", "it moves nothing."]),
    ("```sql\nSELECT 1;\n```", ["```sql SELECT 1; ```"]),
    # a list in which the items of another are
    ("- Enzyme: katalysieren Reaktionen\n  - senken die Aktivierungsenergie\n"
     "  - werden nicht verbraucht\n- Transport: Hämoglobin",
     ["Enzyme: katalysieren Reaktionen", "Enzyme: senken die Aktivierungsenergie",
      "Enzyme: werden nicht verbraucht", "Transport: Hämoglobin"]),
    ("- Arteries\n    - carry blood away from the heart\n    - have thick walls\n"
     "- Veins\n    - have valves",
     ["Arteries: carry blood away from the heart", "Arteries: have thick walls",
      "Veins: have valves"]),
    ("- Cells divide by mitosis.\n  - Prophase: chromosomes condense\n- Some rest.",
     ["Cells divide by mitosis.", "Cells divide by mitosis: Prophase: chromosomes condense",
      "Some rest."]),
    ("1. Vorsatz\n   a) direkter\n   b) bedingter\n2. Fahrlässigkeit",
     ["Vorsatz: direkter", "Vorsatz: bedingter", "Fahrlässigkeit"]),
    # a lead-in that says something is a fact
    ("Estoppel stops a person from going back on a promise where (a) it was clear and (b) the "
     "other party relied on it.",
     ["Estoppel stops a person from going back on a promise", "it was clear",
      "the other party relied on it."]),
    # reasons one after the other
    ("Because its borders were too long, because the currency was debased, and because civil wars "
     "exhausted the army.",
     ["Because its borders were too long", "because the currency was debased",
      "because civil wars exhausted the army."]),
    ("Weil die Wirtschaft zusammenbrach und weil die Eliten die Republik ablehnten.",
     ["Weil die Wirtschaft zusammenbrach", "weil die Eliten die Republik ablehnten."]),
    ("Потому что границы были длинными и потому что армия ослабла.",
     ["Потому что границы были длинными", "потому что армия ослабла."]),
    ("It fell because the army was weak.", ["It fell because the army was weak."]),
    # lists of names among other sentences
    ("Militarism, alliances, imperialism and nationalism. The trigger was the murder of Ferdinand.",
     ["Militarism", "alliances", "imperialism", "nationalism",
      "The trigger was the murder of Ferdinand."]),
    ("ACE-Hemmer senken den Blutdruck. Nebenwirkungen: Reizhusten, Hyperkaliämie und Angioödem.",
     ["ACE-Hemmer senken den Blutdruck.", "Nebenwirkungen: Reizhusten",
      "Nebenwirkungen: Hyperkaliämie", "Nebenwirkungen: Angioödem"]),
    ("Rome fell. Internal factors: political instability, economic decline (inflation, taxes) and "
     "military dependence on Germanic foederati.",
     ["Rome fell.", "Internal factors: political instability",
      "Internal factors: economic decline (inflation, taxes)",
      "Internal factors: military dependence on Germanic foederati"]),
    ("Der Tatbestand ist subjektiv. Letzterer umfasst Wille, Bewusstsein und Absicht.",
     ["Der Tatbestand ist subjektiv.", "Letzterer umfasst Wille, Bewusstsein und Absicht."]),
    ("民事法律行为是民事主体通过意思表示设立、变更、终止民事法律关系的行为。",
     ["民事法律行为是民事主体通过意思表示设立、变更、终止民事法律关系的行为。"]),
    ("Eine Menge mit Addition und Multiplikation, die die Axiome erfüllt.",
     ["Eine Menge mit Addition und Multiplikation, die die Axiome erfüllt."]),
    ("在很少需要插入、删除表中元素，或只在表尾插入、删除元素，并且需要遍历元素时，用顺序表好。",
     ["在很少需要插入、删除表中元素", "只在表尾插入、删除元素", "需要遍历元素时，用顺序表好。"]),
    ("法律行为有效。行为不违反法律、行政法规的强制性规定，不违背公序良俗。",
     ["法律行为有效。", "行为不违反法律、行政法规的强制性规定，不违背公序良俗。"]),
    ("腺嘌呤、胸腺嘧啶、鸟嘌呤和胞嘧啶。", ["腺嘌呤", "胸腺嘧啶", "鸟嘌呤", "胞嘧啶"]),
    # what the parts are worth
    ("Der Tester gibt sich zu erkennen (0.25 P) und zeigt das Schreiben vor (0.25 P).",
     ["Der Tester gibt sich zu erkennen", "zeigt das Schreiben vor."]),
    ("It has two poles [1 mark] and a field [2 marks].", ["It has two poles", "a field."]),
    # the same twice
    ("- red\n- Red\n- blue", ["red", "blue"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "points"), CUT)
def test_an_answer_is_cut_into_facts(text: str, points: list[str]) -> None:
    assert cut_into_points(text) == points


def test_the_shortest_neighbours_are_joined_where_there_are_too_many() -> None:
    sentences = [f"Sentence {n} has these words in it." for n in range(MOST_POINTS + 1)]
    sentences[4:6] = ["Short ones here.", "Like these two."]
    points = cut_into_points(" ".join(sentences))
    assert len(points) == MOST_POINTS
    assert points[4] == "Short ones here. Like these two."


def test_items_stay_apart_longer_than_sentences_of_one() -> None:
    items = [
        f"{n}. Item {n} has a first sentence. Its second sentence says {n}." for n in range(1, 9)
    ]
    points = cut_into_points("\n".join(items))
    assert len(points) == MOST_POINTS
    assert not any("Item 3" in point and "Item 4" in point for point in points)
