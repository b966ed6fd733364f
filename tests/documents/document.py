"""A Markdown document taken apart: headings, links, fenced blocks and inline code, each with its line."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from markdown_it import MarkdownIt

HTML_TARGET = re.compile(r"""\b(?:src|href|srcset)\s*=\s*["']([^"']+)["']""")
HTML_ANCHOR = re.compile(r"""<a\s[^>]*\b(?:name|id)\s*=\s*["']([^"']+)["']""")


@dataclass(frozen=True)
class Piece:
    line: int
    text: str
    language: str = ""


@dataclass
class Document:
    path: Path
    links: list[Piece] = field(default_factory=list)
    blocks: list[Piece] = field(default_factory=list)  # fenced or indented
    inline: list[Piece] = field(default_factory=list)
    prose: list[Piece] = field(default_factory=list)  # text outside of code
    anchors: set[str] = field(default_factory=set)
    uneven_rows: list[int] = field(default_factory=list)  # lines of tables with more or fewer cells than their head


def github_anchor(heading):
    """What GitHub makes of a heading's text: letters, digits, hyphens and underscores stay, spaces become hyphens."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def plain_text(inline_token):
    return "".join(child.content for child in inline_token.children if child.type in ("text", "code_inline"))


def add_anchor(document, heading):
    anchor = github_anchor(heading)
    name, count = anchor, 0
    while name in document.anchors:
        count += 1
        name = f"{anchor}-{count}"
    document.anchors.add(name)


def add_html(document, line, html):
    for target in HTML_TARGET.findall(html):
        document.links.append(Piece(line, target.split()[0]))
    document.anchors.update(HTML_ANCHOR.findall(html))


def add_inline(document, token):
    line = token.map[0] + 1
    for child in token.children:
        if child.type in ("softbreak", "hardbreak"):
            line += 1
        elif child.type == "code_inline":
            document.inline.append(Piece(line, child.content))
        elif child.type == "link_open":
            document.links.append(Piece(line, child.attrGet("href")))
        elif child.type == "image":
            document.links.append(Piece(line, child.attrGet("src")))
        elif child.type == "html_inline":
            add_html(document, line, child.content)
        elif child.type == "text":
            document.prose.append(Piece(line, child.content))


def add_table(document, lines, first, end):
    """A bar in a row ends a cell, also within code, unless it is escaped."""
    widths = [len(re.findall(r"(?<!\\)\|", line.strip().strip("|") if line.strip().endswith("|") else line)) for line in lines[first:end]]
    document.uneven_rows += [first + i + 1 for i, width in enumerate(widths) if width != widths[0]]


def read_document(path):
    """Raises OSError, UnicodeDecodeError."""
    document = Document(path)
    text = path.read_text(encoding="utf-8")
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    for i, token in enumerate(tokens):
        if token.type in ("fence", "code_block"):
            words = token.info.split()
            first = token.map[0] + (2 if token.type == "fence" else 1)
            document.blocks.append(Piece(first, token.content, words[0] if words else ""))
        elif token.type == "table_open":
            add_table(document, text.split("\n"), *token.map)
        elif token.type == "html_block":
            add_html(document, token.map[0] + 1, token.content)
        elif token.type == "inline":
            add_inline(document, token)
            if tokens[i - 1].type == "heading_open":
                add_anchor(document, plain_text(token))
    return document
