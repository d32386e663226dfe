"""Shows how sure a calibrated grader is, and how often it is right: a table and a picture.

`python -m bench.reliability [CALIBRATION.json]` uses the figures stored in a calibration, by
default the built-in judge's. The picture goes to docs/pictures/reliability.svg.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

from bench.shared import print_table
from tutor.grading import Calibration
from tutor.grading.calibration import SureBand
from tutor.paths import find_paths

PICTURE = Path(__file__).parent.parent / "docs/pictures/reliability.svg"
SIDE, EDGE = 320, 48
"""In pixels: the square from 0 to 100 %, and the margin around it."""


def main() -> None:
    """Print the table, draw the picture."""
    (shipped,) = find_paths({}).calibrations[-1].glob("*.json")
    file = Path(sys.argv[1]) if sys.argv[1:] else shipped
    calibration = Calibration.model_validate_json(file.read_bytes())
    print_table(
        ["probability of the verdict", "points", "mean probability", "right"],
        [
            [f"{band.low:.0%} to {band.high:.0%}", f"{band.points:,}",
             f"{band.said:.0%}", f"{band.right:.0%}"]
            for band in calibration.sure
        ],
    )  # fmt: skip
    error = calibration.calibration_error
    if error is not None:
        print(f"\nExpected calibration error: {error:.3f}")
        PICTURE.write_text(drawn(calibration.sure, error), encoding="utf-8")


def drawn(bands: tuple[SureBand, ...], error: float) -> str:
    """The diagram: a dot for each band, larger for more points."""
    size = SIDE + 2 * EDGE
    turned = f' transform="rotate(-90 14 {_y(0.5)})"'
    return "\n".join((
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img"'
        ' font-family="sans-serif" font-size="12" fill="#444">',
        "<title>How sure verdicts are, and how often they are right</title>",
        f'<rect width="{size}" height="{size}" fill="#fff"/>',
        *_grid(),
        f'<path d="M{_x(0)} {_y(0)} L{_x(1)} {_y(1)}" stroke="#999" stroke-dasharray="4 4"/>',
        *_dots(bands),
        _text(_x(0.5), size - 8, "probability of the verdict"),
        _text(14, _y(0.5), "right", turned),
        _text(_x(0.5), EDGE - 16, f"expected calibration error {error:.3f}"),
        "</svg>\n",
    ))  # fmt: skip


def _grid() -> Iterator[str]:
    for tenth in range(0, 11, 2):
        share = tenth / 10
        yield (
            f'<path d="M{_x(share)} {_y(0)} V{_y(1)} M{_x(0)} {_y(share)} H{_x(1)}" stroke="#ddd"/>'
        )
        yield _text(_x(share), _y(0) + 16, f"{share:.0%}")
        yield _text(_x(0) - 18, _y(share) + 4, f"{share:.0%}")


def _dots(bands: tuple[SureBand, ...]) -> Iterator[str]:
    most = max(band.points for band in bands)
    for band in bands:
        radius = 4 + 12 * (band.points / most) ** 0.5
        yield (
            f'<circle cx="{_x(band.said)}" cy="{_y(band.right)}" r="{radius:.1f}"'
            f' fill="#2a6fb0" fill-opacity="0.75"><title>{band.points} points</title></circle>'
        )


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle"{more}>{text}</text>'


def _x(share: float) -> int:
    return round(EDGE + SIDE * share)


def _y(share: float) -> int:
    return round(EDGE + SIDE * (1 - share))


if __name__ == "__main__":
    main()
