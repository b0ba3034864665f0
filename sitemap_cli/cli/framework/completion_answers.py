"""Answers to the completion scripts of shells: the hidden command ``sitemap __complete SHELL``.

The first line says what else the shell may offer: ``files``, ``open`` (no blank after the word), or
``none``. Each other line is a word, and after a tab its description. Only bash gets words that are quoted;
the other shells quote them by themselves.
"""

import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sitemap_cli.cli.framework.completion_candidates import Answer, complete_words

SAFE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./,:=@%+-")
# Value of COMP_TYPE when bash lists the words and inserts none.
LISTING = "63"


@dataclass(frozen=True, slots=True)
class BashLine:
    """A command line up to the cursor, as bash reads it.

    ``quote`` is the open quote of the last word. ``replaced`` is the length of its part that bash keeps: it
    breaks words at some characters, such as ``:`` and ``=``, and replaces what is after the last one.
    """

    words: Sequence[str]
    current: str
    quote: str
    replaced: int


def print_answer(root: Any, arguments: Sequence[str]) -> None:
    """Print the answer for ``SHELL`` and what its script passes on; nothing if anything is wrong."""
    with suppress(Exception):
        shell, *words = arguments
        text = answer_bash(root, *words) if shell == "bash" else answer_words(root, shell, words)
        sys.stdout.write(text)
        sys.stdout.flush()


def answer_words(root: Any, shell: str, words: Sequence[str]) -> str:
    """Return the answer for shells that pass the words on; the last one is at the cursor."""
    *before, current = words or [""]
    # PowerShell drops an argument that is empty, so its script adds a character.
    current = current[:-1] if shell == "powershell" else current.lstrip("'\"")
    answer = complete_words(root, before, current)
    return _join(answer, [f"{word}\t{about}" if about else word for word, about in answer.words])


def answer_bash(root: Any, line: str, kind: str = "", breaks: str = "\"'><=;|&(:") -> str:
    """Return the answer for bash.

    Args:
        root: the group of all commands.
        line: the command line up to the cursor.
        kind: COMP_TYPE.
        breaks: COMP_WORDBREAKS.
    """
    typed = split_line(line, breaks)
    answer = complete_words(root, typed.words[1:], typed.current)
    lists = kind == LISTING and len(answer.words) > 1
    rows = list[str]()
    for word, about in answer.words:
        quoted = quote_word(word[typed.replaced :], typed.quote)
        if quoted is not None:
            rows.append(f"{quoted}  ({about})" if lists and about else quoted)
    return _join(answer, rows)


def quote_word(word: str, quote: str) -> str | None:
    """Return a word for bash inside a quote, or outside; None if it cannot be written there."""
    if quote == "'":
        return None if "'" in word else word
    if quote == '"':
        # An exclamation mark expands to an older command, and cannot be escaped there.
        return None if "!" in word else "".join(f"\\{each}" if each in '"$`\\' else each for each in word)
    return "".join(each if each in SAFE else f"\\{each}" for each in word)


def split_line(line: str, breaks: str) -> BashLine:
    """Split a command line into words."""
    words, current, quote, replaced, is_word = list[str](), "", "", 0, False
    characters = iter(line)
    for each in characters:
        if quote:
            if each == quote:
                quote = ""
            elif each == "\\" and quote == '"':
                current += next(characters, "")
            else:
                current += each
        elif each.isspace():
            words += [current] if is_word else []
            current, replaced, is_word = "", 0, False
            continue
        elif each == "\\":
            current += next(characters, "")
        elif each in "'\"":
            quote, replaced = each, len(current)
        else:
            current += each
            if each in breaks:
                replaced = len(current)
        is_word = True
    return BashLine(words, current, quote, replaced)


def _join(answer: Answer, rows: Sequence[str]) -> str:
    head = "open" if answer.is_open else "files" if answer.has_files else "none"
    return "".join(f"{each}\n" for each in (head, *rows))
