"""What a page is made of, read as a browser would: tags in balance, addresses, links, what it would load."""

from __future__ import annotations

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr", "rect", "line", "circle", "polyline", "polygon"}


class Page(HTMLParser):
    """Collects what tests ask of a page; `faults` are tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.faults: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.tags: list[str] = []
        self.words: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is not closed" for tag in self.open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        self.tags.append(tag)
        self.ids += [value for name, value in attrs if name == "id" and value]
        if tag == "a":
            self.links.append(told.get("href") or "")
        self.loads += [told[name] or "" for name in ("src", "srcset", "data", "poster") if name in told]
        if tag == "link":
            self.loads.append(told.get("href") or "")
        if tag == "svg" and not told.get("aria-label") and told.get("aria-hidden") != "true":
            self.faults.append("a picture says nothing")
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.words.append(data)

    @property
    def text(self) -> str:
        """The words of the page, with single spaces."""
        return " ".join(" ".join(self.words).split())

    @property
    def dead_links(self) -> set[str]:
        """Links inside the page that lead nowhere."""
        return {link for link in self.links if link.startswith("#") and link[1:] not in self.ids}
