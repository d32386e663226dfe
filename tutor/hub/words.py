"""Sizes in words, and names of files as text that steers no terminal."""

GIB = 1 << 30


def printable(text: str, limit: int = 80) -> str:
    """On one line, of printable characters, and no longer than `limit`."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def size(number: int) -> str:
    """Bytes in words: 2.3 GiB, 94 MiB, 393 KiB, 12 bytes."""
    if number >= GIB:
        return f"{number / GIB:.1f} GiB"
    if number >= 1 << 20:
        return f"{number / (1 << 20):.0f} MiB"
    if number >= 1 << 10:
        return f"{number / (1 << 10):.0f} KiB"
    return f"{number} byte{'' if number == 1 else 's'}"
