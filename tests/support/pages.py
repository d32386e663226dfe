"""Looking at an HTML page: its elements and texts by Python's parser, its looks by a browser."""

import html
import json
import re
import shutil
import subprocess
from collections import Counter
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

from tests.support.patience import SECONDS

VOID = {"meta", "link", "img", "br", "hr", "input", "base", "embed", "source"}
_BROWSERS = ("chromium", "chromium-browser", "google-chrome")
_FLAGS = (
    "--headless",
    "--no-sandbox",  # root in a container has no other way, and the page is ours
    "--disable-gpu",
    "--hide-scrollbars",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--host-resolver-rules=MAP * ~NOTFOUND",
)


class Page(HTMLParser):
    """A page's elements in order, with their attributes and the text in them."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.unclosed: list[str] = []
        self.crossed: list[str] = []
        self.said: list[tuple[str | None, str]] = []
        """Texts of `bdi`, with their language."""
        self._pieces: list[str] = []
        self.feed(text)
        self.close()

    @property
    def tags(self) -> Counter[str]:
        return Counter(tag for tag, _ in self.elements)

    @property
    def words(self) -> str:
        """All that is said, with one space between words and between elements."""
        return " ".join(" ".join(self._pieces).split())

    def values(self, name: str) -> list[str]:
        """Every value of an attribute."""
        return [
            value or "" for _, known in self.elements for key, value in known.items() if key == name
        ]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "bdi":
            self.said.append((dict(attrs).get("lang"), ""))
        if tag not in VOID:
            self.unclosed.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if self.unclosed[-1:] == [tag]:
            self.unclosed.pop()
        else:
            self.crossed.append(tag)

    def handle_data(self, data: str) -> None:
        self._pieces.append(data)
        if self.unclosed[-1:] == ["bdi"]:
            language, before = self.said[-1]
            self.said[-1] = (language, before + data)


class Browser:
    """Chromium without a window, without a network, with a profile of its own."""

    def __init__(self, program: str, home: Path) -> None:
        self._command = (program, *_FLAGS, f"--user-data-dir={home}", "--enable-logging=stderr")

    def dom(self, page: Path, *flags: str) -> tuple[str, list[str]]:
        """The page's document once it is loaded, and what its console says."""
        done = self._run("--dump-dom", *flags, page.as_uri())
        console = re.findall(r":CONSOLE:.*", done.stderr)
        return done.stdout, console

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*self._command, *arguments]
        return subprocess.run(
            command, capture_output=True, encoding="utf-8", timeout=SECONDS, check=True
        )


def find_browser(home: Path) -> Browser | None:
    """A Chromium on the search path."""
    found = next(filter(None, map(shutil.which, _BROWSERS)), None)
    return Browser(found, home) if found else None


_HARNESS = """<!doctype html><meta charset="utf-8"><body><script>
const widths = %s, pages = %s, found = [];
function measure(frame, width, number) {
  const page = frame.contentDocument, style = page.defaultView.getComputedStyle(page.body);
  const wide = [...page.body.querySelectorAll("*")].filter(
    (each) => !each.closest(".unseen") && each.getBoundingClientRect().right > width + 0.5);
  found.push({page: number, width, scroll: page.documentElement.scrollWidth,
    paper: style.backgroundColor, ink: style.color,
    wide: wide.map((each) => each.tagName + "." + each.className)});
  if (found.length == widths.length * pages.length)
    document.body.textContent = "MEASURED" + JSON.stringify(found) + "END";
}
for (const [number, text] of pages.entries()) for (const width of widths) {
  const frame = document.createElement("iframe");
  frame.style.cssText = `border: 0; height: 900px; width: ${width}px`;
  frame.onload = () => measure(frame, width, number);
  frame.srcdoc = text;
  document.body.append(frame);
}
</script></body>
"""


@dataclass(frozen=True)
class Measured:
    """How one page came out at one width."""

    page: int
    width: int
    scroll: int
    """How wide it had to become."""
    wide: tuple[str, ...]
    """The elements that stick out."""
    paper: str
    ink: str


def measured(dom: str) -> list[Measured]:
    """What the harness says, in order."""
    match = re.search("MEASURED(.*)END", html.unescape(dom), re.DOTALL)
    assert match, dom[:2000]
    rows = [Measured(**{**row, "wide": tuple(row["wide"])}) for row in json.loads(match[1])]
    return sorted(rows, key=lambda row: (row.page, row.width))


def harness(texts: list[str], widths: list[int]) -> str:
    """A page that shows each of `texts` at each width and says how it came out."""
    pages = json.dumps(texts).replace("</", "<\\/").replace("<!--", "<\\!--")
    return _HARNESS % (json.dumps(widths), pages)
