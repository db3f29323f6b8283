"""In which encoding the bytes of a file are, told from all of them, in constant memory."""

from dataclasses import dataclass

import charset_normalizer

_SAMPLE_BYTES = 200_000
_LONGEST_LINE = 1 << 20
_DAMAGE = 20
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)


class EncodingGuess:
    """Follows the bytes of a file and says at the end which encoding they are in."""

    def __init__(self) -> None:
        self._head = b""
        self._rest = b""
        self._characters = 0
        self._broken = 0
        self._sample = bytearray()

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes of the file."""
        if not self._head:
            self._head = chunk[:4096]
        if not self._rest and chunk.isascii():
            return
        chunk = self._rest + chunk
        # Cut at the last line end, so that no character is torn apart.
        cut = chunk.rfind(b"\n") + 1
        if not cut and len(chunk) < _LONGEST_LINE:
            self._rest = chunk
            return
        cut = cut or len(chunk)
        self._rest = chunk[cut:]
        self._look_at(chunk[:cut])

    def encoding(self) -> str:
        """Return the codec's name."""
        if self._rest:
            self._look_at(self._rest)
            self._rest = b""
        for mark, name in _MARKS:
            if self._head.startswith(mark):
                return name
        if wide := self._unmarked_wide():
            return wide
        # A few broken bytes among many good characters are damage, not another encoding.
        if self._characters >= _DAMAGE * self._broken:
            return "utf-8"
        return _single_byte(bytes(self._sample[:_SAMPLE_BYTES]))

    def _unmarked_wide(self) -> str | None:
        even, odd = self._head[0::2].count(0), self._head[1::2].count(0)
        most = 0.4 * (len(self._head) // 2)
        if odd > most and odd > 4 * even:
            return "utf-16-le"
        if even > most and even > 4 * odd:
            return "utf-16-be"
        return None

    def _look_at(self, piece: bytes) -> None:
        if piece.isascii():
            return
        decoded = piece.decode("utf-8", errors="surrogateescape")
        beyond = [character for character in decoded if character > "\x7f"]
        broken = sum("\udc80" <= character <= "\udcff" for character in beyond)
        self._broken += broken
        self._characters += len(beyond) - broken
        if broken and len(self._sample) < _SAMPLE_BYTES:
            for line in piece.splitlines(keepends=True):
                if not line.isascii():
                    self._sample += line


@dataclass(frozen=True, slots=True)
class _Candidate:
    """An encoding with the letters that its languages use."""

    name: str
    letters: frozenset[str]
    is_latin: bool = True


_SIGNS = frozenset("€£¥§©®™°²³¹½¼¾±×÷·•–—‘’“”„…«»ªº¿¡¢µ№\u00a0")
_WITHIN_WORDS = frozenset("’‘–—·\u00a0")
_WEST = frozenset("ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÑÒÓÔÕÖØÙÚÛÜàáâãäåæçèéêëìíîïñòóôõöøùúûüßÿœŒ")
_CENTRE = frozenset("ĄĆĘŁŃÓŚŹŻąćęłńóśźżÁČĎÉĚÍŇŘŠŤÚŮÝŽáčďéěíňřšťúůýžÄÖÜßäöüŐŰőűĂÂÎŞŢăâîşţĹĽŔĺľŕÔôĐđ")
_TURKISH = frozenset("ÇĞİÖŞÜçğıöşüÂÎÛâîû")
_CYRILLIC = frozenset(map(chr, range(0x400, 0x460))) | frozenset("Ґґ")
_GREEK = frozenset(map(chr, range(0x386, 0x3CF)))
# In the order of preference where several read equally well.
_CANDIDATES = (
    _Candidate("cp1252", _WEST),
    _Candidate("cp1250", _CENTRE),
    _Candidate("cp1254", _TURKISH),
    _Candidate("cp1251", _CYRILLIC, is_latin=False),
    _Candidate("cp1253", _GREEK, is_latin=False),
    _Candidate("cp850", _WEST),
    _Candidate("mac_roman", _WEST),
    _Candidate("cp852", _CENTRE),
    _Candidate("koi8_r", _CYRILLIC, is_latin=False),
    _Candidate("cp866", _CYRILLIC, is_latin=False),
)
_TOO_ODD = 0.25


def _single_byte(sample: bytes) -> str:
    """Return the encoding in which the sample reads most like words of some language."""
    oddness = {candidate.name: _oddness(sample, candidate) for candidate in _CANDIDATES}
    best = min(oddness, key=lambda name: oddness[name])
    if oddness[best] <= _TOO_ODD:
        return best
    found = charset_normalizer.from_bytes(sample).best()
    return found.encoding if found is not None else "cp1252"


def _oddness(sample: bytes, candidate: _Candidate) -> float:
    """Return the share of the characters beyond ASCII that stand where no writer puts them."""
    text = f" {sample.decode(candidate.name, errors='replace')} "
    is_odd = _odd_in_latin if candidate.is_latin else _odd_elsewhere
    beyond = [index for index, character in enumerate(text) if character > "\x7f"]
    odd = sum(is_odd(text[i - 1], text[i], text[i + 1], candidate.letters) for i in beyond)
    return odd / len(beyond) if beyond else 0.0


def _odd_in_latin(before: str, character: str, after: str, letters: frozenset[str]) -> bool:
    """Accented letters stand among plain ones, seldom three in a row; signs stand between words."""
    if character in letters:
        crowd = _is_letter_beyond_ascii(before) and _is_letter_beyond_ascii(after)
        # A capital after a small letter betrays a letter that is none.
        return crowd or (character.isupper() and before.islower())
    if character in _SIGNS:
        return character not in _WITHIN_WORDS and before.isalpha() and after.isalpha()
    return True


def _odd_elsewhere(before: str, character: str, after: str, letters: frozenset[str]) -> bool:
    """Words are of one script: a letter beside a Latin one is odd, or a capital after a small."""
    if character not in letters:
        return character not in _SIGNS
    beside_latin = any(one.isascii() and one.isalpha() for one in (before, after))
    return beside_latin or (character.isupper() and before.islower())


def _is_letter_beyond_ascii(character: str) -> bool:
    return character > "\x7f" and character.isalpha()
