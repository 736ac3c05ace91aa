"""A question as people put it -> the question: no greeting, no "could you tell me", « Est-ce que » for « savez-vous si »."""

from __future__ import annotations

import re

_OPENS = r"(?:(?<=^)|(?<=[.!?]\s))\W*"
_GREETING = re.compile(
    rf"{_OPENS}(?:(?:hello|hi|hey|good (?:morning|afternoon|evening)|dear \w+|bonjour|bonsoir|salut|coucou|please|s['’]il (?:vous|te) "
    r"pla[iî]t|svp|stp|excuse me|excusez-moi|sorry|pardon)\b(?: (?:there|everyone|all|à tous|madame|monsieur))?[\s,!.:;–—-]+)+(?=\S)",
    re.IGNORECASE,
)
# The language of a wish to know, up to what one wishes to know.
_EN = (
    r"(?:(?:could|can|would|will) (?:you|someone|anyone) (?:please |kindly |possibly )?(?:(?:tell|show|remind|give) (?:me|us)|"
    r"say|let (?:me|us) know|confirm(?: to (?:me|us))?|explain(?: to (?:me|us))?)|(?:please )?(?:tell|remind|show|give) (?:me|us)|"
    r"let (?:me|us) know|(?:please )?confirm|(?:i|we)(?:['’]d| would)? (?:really |just |also |only )?(?:like|want|love|need|wish)"
    r" to (?:know|learn|find out|understand|hear|ask)|(?:i|we)(?:['’]m| am| are|['’]re| was| were)? (?:just )?(?:wonder(?:ing|ed)?|"
    r"curious(?: to know)?)|do you (?:happen to )?know|(?:do you have )?any idea|(?:may|can|could) (?:i|we) (?:ask|know)|"
    r"(?:i|we)(?:['’]d| would) be (?:interested|curious|glad|happy) to (?:know|learn|hear))"
)
_FR = (
    r"(?:(?:(?:est-ce que )?(?:vous |tu |on )?(?:pourr(?:iez|ais|ait)|pouvez|peux|peut|sauriez|saurais)(?:[- ](?:vous|tu|on))? "
    r"(?:bien )?|merci de (?:bien vouloir )?|veuillez )(?:(?:me|nous|m['’])\s*)?(?:dire|indiquer|pr[ée]ciser|rappeler|confirmer|"
    r"donner|expliquer)|(?:j['’]|je |nous |on )(?:aimerai[st]|aimerions|voudrai[st]|voudrions|souhaiterai[st]|souhaiterions|souhaite|"
    r"souhaitons|veux|voulons|voulais|cherche [àa]|d[ée]sire) (?:bien )?(?:savoir|conna[iî]tre|comprendre|apprendre)|"
    r"(?:dis|dites|rappelle|rappelez|indique|indiquez|pr[ée]cise|pr[ée]cisez|donne|donnez|confirme|confirmez)[- ](?:moi|nous)|"
    r"(?:savez|sais)[- ](?:vous|tu)|(?:est-ce que )?(?:vous|tu) (?:savez|sais)|(?:on |peut-on |puis-je )?(?:peut )?savoir|"
    r"je me demande|une id[ée]e de)"
)
_WISH = re.compile(
    rf"{_OPENS}(?:(?:then|and|puis|ensuite|et)\b,? )?(?:(?P<en>{_EN})|(?P<fr>{_FR}))\s*[,:]?\s+", re.IGNORECASE
)
_ASKS = re.compile(
    r"(?:(?:in|on|at|for|with|by|from|to|of|about|since|under|[àa]|de|en|dans|par|pour|avec|sur|chez|depuis|vers|d['’])\s*)?"
    r"(?:who|whom|whose|what|which|when|where|why|how|qui|quoi|quel(?:le)?s?|(?:du|de la|des|au|à la|aux)?(?:le|la|les)?quel(?:le)?s?|"
    r"quand|o[ùu]|pourquoi|comment|combien|qu['’]est-ce)\b",
    re.IGNORECASE,
)
# What stands there instead of an asking word, and the direct question it makes.
_INDIRECT = {
    "en": (
        (
            # not "explain that more simply", "know that for certain"
            re.compile(
                r"(?:whether|if|that(?!\s+(?:again|more|less|for|in|to|with|at|please|one|part|point|a bit|better)\b))\s+",
                re.IGNORECASE,
            ),
            "Is it true that ",
        ),
        (re.compile(r"the\s+(?=(?:\w+\s+)?\w+(?<![siu])s\b)", re.IGNORECASE), "What are the "),
        (re.compile(r"the\s+", re.IGNORECASE), "What is the "),
    ),
    "fr": (
        (re.compile(r"s['’](?=ils?\b)", re.IGNORECASE), "Est-ce qu’"),
        (re.compile(r"(?:si|que)\s+", re.IGNORECASE), "Est-ce que "),
        (re.compile(r"qu['’]\s*", re.IGNORECASE), "Est-ce qu’"),
        (re.compile(r"ce qui\s+", re.IGNORECASE), "Qu’est-ce qui "),
        (re.compile(r"ce que\s+", re.IGNORECASE), "Qu’est-ce que "),
        (re.compile(r"ce qu['’]\s*", re.IGNORECASE), "Qu’est-ce qu’"),
        (re.compile(r"les\s+", re.IGNORECASE), "Quels sont les "),
        (re.compile(r"la\s+", re.IGNORECASE), "Quelle est la "),
        (re.compile(r"le\s+", re.IGNORECASE), "Quel est le "),
        (re.compile(r"l['’]\s*", re.IGNORECASE), "Quel est l’"),
    ),
}


def without_greeting(text: str) -> str:
    """The text without "hello", « bonjour » and "please" at the head of a sentence, where something follows."""
    return _GREETING.sub("", text)


def direct(text: str) -> str:
    """The text with its questions put directly: « Pourriez-vous me dire si … » as « Est-ce que … », "Tell me who …" as "Who …".

    What is no question in such a form ("Tell me about it") stays as it is.
    """
    put = without_greeting(text)
    at = 0
    while found := _WISH.search(put, at):
        made = _made(put[found.end() :], "en" if found["en"] else "fr")
        at = found.end()
        if made:
            put = f"{put[: found.start()].rstrip()} {made[0].upper()}{re.sub(r'[.]$', '?', made[1:])}".lstrip()
            at = found.start() + 1
    return text if put == text else put[:1].upper() + put[1:]


def _made(rest: str, language: str) -> str | None:
    """What follows a wish to know as a direct question; None when it is none."""
    if _ASKS.match(rest):
        return rest
    for pattern, asked in _INDIRECT[language]:
        if pattern.match(rest):
            return pattern.sub(asked, rest, count=1)
    return None
