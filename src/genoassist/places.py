"""Names that English and French write differently: countries, their languages, cities, abbreviations of institutions.

Countries, languages and cities come from the Unicode CLDR (through Babel).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from babel.languages import get_official_languages
from rapidfuzz import fuzz

from genoassist.demonyms import demonyms
from genoassist.words import WORD, any_stop_words, fold

# Abbreviations of institutions and trade that both languages have and CLDR has not.
_ACRONYMS = (
    ("EU", "UE"),
    ("UN", "ONU"),
    ("WHO", "OMS"),
    ("NATO", "OTAN"),
    ("IMF", "FMI"),
    ("WTO", "OMC"),
    ("SME", "PME"),
    ("SMEs", "PME"),
    ("GDP", "PIB"),
    ("AI", "IA"),
    ("DNA", "ADN"),
    ("RNA", "ARN"),
    ("CEO", "PDG"),
    ("ERDF", "FEDER"),
    ("ESF", "FSE"),
    ("EIB", "BEI"),
    ("ECB", "BCE"),
    ("OECD", "OCDE"),
    ("NGO", "ONG"),
    ("NGOs", "ONG"),
    ("VAT", "TVA"),
    ("HIV", "VIH"),
)
# In full, where a text may have it so.
_IN_FULL = {
    "EU": ("European Union", "Union européenne"),
    "UN": ("United Nations", "Nations unies"),
    "WHO": ("World Health Organization", "Organisation mondiale de la santé"),
    "ERDF": ("European Regional Development Fund", "Fonds européen de développement régional"),
    "ESF": ("European Social Fund", "Fonds social européen"),
    "EIB": ("European Investment Bank", "Banque européenne d’investissement"),
}
# What the names of bodies and events are made of, where the two languages have no like word.
_OF_BODIES = (
    ("Council", "Conseil"),
    ("Parliament", "Parlement"),
    ("Ministry", "Ministère"),
    ("Chamber", "Chambre"),
    ("School", "École"),
    ("Fund", "Fonds"),
    ("Bank", "Banque"),
    ("Network", "Réseau"),
    ("Summit", "Sommet"),
    ("Prize", "Prix"),
    ("Award", "Prix"),
    ("Week", "Semaine"),
    ("Sea", "Mer"),
    ("North", "Nord"),
    ("South", "Sud"),
    ("East", "Est"),
    ("West", "Ouest"),
    ("City", "Ville"),
    ("Health", "Santé"),
    ("Harbour", "Port"),
)


# Also names of people, of a state, of French spelling.
_ALSO_OTHERS = frozenset({"jordan", "chad", "georgia", "vietnam"})
# « en Leipzig, Allemagne »: what a country follows is a town, unless it ends as regions do (« en Bretagne, France »).
_TOWN = re.compile(r"\ben ([A-ZÀ-Ý][a-zà-ÿ-]+[a-df-zà-ÿ])(?=, (?:en |au |aux )?([A-ZÀ-Ý][\w-]+))")
# Countries that the endings below would give another preposition (Office québécois de la langue française, « Noms de pays »).
_NO_ARTICLE = frozenset(
    "Singapour Chypre Malte Cuba Monaco Maurice Madagascar Taïwan Bahreïn Djibouti Haïti Oman Gibraltar Guernesey Jersey Guam "
    "Curaçao Kiribati Nauru Tonga Tuvalu Saint-Marin Saint-Martin Saint-Barthélemy Wallis-et-Futuna Trinité-et-Tobago".split()
)
_MASCULINE = frozenset("Mexique Cambodge Mozambique Zimbabwe Suriname Belize Royaume-Uni".split())
_NO_COUNTRY = frozenset({"EU", "EZ", "UN", "XA", "XB", "ZZ"})
_PLURAL = frozenset(
    "États-Unis|Pays-Bas|Philippines|Émirats arabes unis|Seychelles|Maldives|Comores|Fidji|Bahamas|Bermudes".split("|")
)


def _words(text: str) -> list[str]:
    return [w for w in (fold(m.group()) for m in WORD.finditer(text)) if w not in any_stop_words()]


@cache
def _territories() -> tuple[tuple[str, str], ...]:
    """Countries and the cities that name time zones, in English and French."""
    english, french = Locale("en"), Locale("fr")
    pairs = [(name, french.territories.get(code, name)) for code, name in english.territories.items() if code != "001"]
    for zone in get_global("zone_territories"):
        city = english.time_zones.get(zone, {}).get("city") or zone.rsplit("/", 1)[-1].replace("_", " ")
        pairs.append((city, french.time_zones.get(zone, {}).get("city", city)))
    return tuple(pairs)


@cache
def _named_countries() -> tuple[re.Pattern[str], dict[str, str]]:
    names = {str(name): code for x in ("en", "fr") for code, name in Locale(x).territories.items() if code.isalpha()}
    names = {name: code for name, code in names.items() if code not in _NO_COUNTRY}
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})\b"), names


@lru_cache(maxsize=4096)
def countries(text: str) -> frozenset[str]:
    """The countries that a text names, by their ISO 3166 codes."""
    pattern, codes = _named_countries()
    return frozenset(codes[found[0]] for found in pattern.finditer(text))


@cache
def openers() -> frozenset[str]:
    """Folded names of places that are names even where the capital may be that of the sentence."""
    single = {w[0] for pair in _territories() for w in map(_words, pair) if len(w) == 1}
    return frozenset(single - {"reunion", "canton", "center", "oral"})  # also common words


@cache
def _english_alone() -> tuple[re.Pattern[str], dict[str, str]]:
    """The one-word English names of places that French writes otherwise, after « à », « en » or a town and a comma."""
    french_too = {word for _, french in _territories() for word in french.split()}
    found = {
        english: french
        for english, french in _territories()
        if fold(english) in openers() - _ALSO_OTHERS
        and fold(english) != fold(french)
        and english not in french_too
        and not french.startswith(("Le ", "La ", "Les ", "Pays-"))
    }
    words = "|".join(sorted(found, key=len, reverse=True))
    return re.compile(rf"(?:(?<=\b[àÀ] )|(?<=\b[eE]n )|(?<=\w, ))(?:{words})(?![\w-]|\s[A-Z])"), found


@cache
def _country() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A country after « en », and one alone after « à », a town and a comma, as English puts it: « à Leipzig, Allemagne »."""
    named = Locale("fr").territories.items()
    countries = [name for code, name in named if code.isalpha() and code not in _NO_COUNTRY and "(" not in name]
    whole = rf"({'|'.join(sorted(map(re.escape, countries), key=len, reverse=True))})(?![\w-]|\s[A-ZÀ-Ý])"
    return re.compile(rf"\ben {whole}"), re.compile(rf"(\b[àÀ] [A-ZÀ-Ý][\w'’-]*(?: [A-ZÀ-Ý][\w'’-]*)*, ){whole}")


def _to(country: str) -> str:
    """The preposition of a country in French: « en », « au », « aux » or « à »."""
    if country in _NO_ARTICLE:
        return "à"
    if country in _PLURAL:
        return "aux"
    feminine = re.split(r"[ -]", country)[0].endswith("e") and country not in _MASCULINE
    return "en" if feminine or fold(country[0]) in "aeiou" else "au"


# « l’États-Unis », of an English name without article
_PLURAL_ARTICLE = {"l": "les", "de l": "des", "a l": "aux", "en l": "aux", "dans l": "aux"}


@cache
def _plural() -> re.Pattern[str]:
    return re.compile(rf"\b((?:de |[àÀ] |en |dans )?l)['’](?={'|'.join(map(re.escape, _PLURAL))}\b)")


def in_french(text: str) -> str:
    """A French text with its places put as French puts them: « à Stockholm, en Suède », not "en Stockholm, Sweden"."""
    pattern, names = _english_alone()
    named = pattern.sub(lambda m: names[m[0]], text)
    placed = _TOWN.sub(lambda m: f"à {m[1]}" if fold(m[2]) in openers() and fold(m[1]) not in places() else m[0], named)
    after_en, alone = _country()
    several = _plural().sub(lambda m: f"{_PLURAL_ARTICLE[fold(m[1])]} ", placed)
    put = after_en.sub(lambda m: f"{_to(m[1])} {m[1]}", several)
    return alone.sub(lambda m: f"{m[1]}{_to(m[2])} {m[2]}", put)


@cache
def places() -> dict[str, frozenset[str]]:
    """Folded word of a country, language or city name -> the folded words it may be in either language."""
    english, french = Locale("en"), Locale("fr")
    found: dict[str, set[str]] = {}

    def same(*words: str) -> None:
        for word in words:
            found.setdefault(word, set()).update(words)

    languages = [(name, french.languages.get(code, name)) for code, name in english.languages.items()]
    for one, other in (*_territories(), *languages):
        here, there = _words(one), _words(other)
        if len(here) == len(there):
            pairs = sorted(((a, b) for a in here for b in there), key=lambda p: -fuzz.ratio(*p))
            while pairs:  # the most alike first: South–Sud is what Korea–Corée leaves
                a, b = pairs[0]
                same(a, b)
                pairs = [(x, y) for x, y in pairs if x != a and y != b]
        elif 1 in (len(here), len(there)):
            for a, b in ((a, b) for a in here for b in there):
                same(a, b)
    _link_languages(found)
    return {word: frozenset(others) for word, others in found.items()}


@cache
def _of_several() -> dict[str, tuple[frozenset[str], ...]]:
    """A word that names no place by itself ("South", « Unis ») -> the names of several words that it is one of."""
    names = [words for pair in _territories() for words in map(_words, pair)]
    alone = {words[0] for words in names if len(words) == 1}
    found: dict[str, list[frozenset[str]]] = {}
    for words in names:
        for word in words:
            if len(words) > 1 and word not in alone:
                found.setdefault(word, []).append(frozenset(words))
    return {word: tuple(wholes) for word, wholes in found.items()}


def is_place(name: str, text: str) -> bool:
    """True for a country, a language or a city, and for one word of such a name where a text has it whole ("South Korea")."""
    folded = fold(name)
    wholes = _of_several().get(folded)
    return folded in places() and (wholes is None or any(whole <= set(_words(text)) for whole in wholes))


def _link_languages(found: dict[str, set[str]]) -> None:
    """Make "Sweden" and "Swedish" one: a country and its official language, where the names begin alike in one language."""
    locales = (Locale("en"), Locale("fr"))
    for code in locales[0].territories:
        for tongue in get_official_languages(str(code), de_facto=True):
            if tongue == "en":  # of no country that is named after it; "anglais" is not of Anguilla
                continue
            names = [(fold(x.territories.get(code, "")), fold(x.languages.get(tongue, ""))) for x in locales]
            if any(land[:3] == language[:3] and " " not in land + language for land, language in names if language):
                alike = {w for pair in names for w in pair if w and " " not in w}
                for word in alike:
                    found.setdefault(word, set()).update(alike)


def forms(name: str) -> frozenset[str]:
    """The folded words a name may stand as in either language: itself, and its translation where it is known.

    Of a place or language ("Norwegians" too) and what is of it, of an abbreviation, of a word that bodies are named with.
    """
    folded = fold(name)
    people = (folded.removesuffix(ending) for ending in ("nes", "es", "ne", "s", "e", "n") if folded.endswith(ending))
    place = next((places()[word] for word in (folded, *people) if word in places()), frozenset())
    of_it = frozenset[str]().union(*(demonyms().get(word, frozenset()) for word in place | {folded}))
    return place | of_it | acronyms().get(folded, frozenset()) | _of_bodies().get(folded, frozenset()) | {folded}


@cache
def acronyms() -> dict[str, frozenset[str]]:
    """Folded abbreviation of an institution or trade -> the folded abbreviations it has in the two languages."""
    return _both_ways(_ACRONYMS)


@cache
def _of_bodies() -> dict[str, frozenset[str]]:
    return _both_ways(_OF_BODIES)


def _both_ways(pairs: Iterable[tuple[str, str]]) -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for one, other in pairs:
        for word in (one, other):
            found.setdefault(fold(word), set()).update((fold(one), fold(other)))
    return {word: frozenset(others) for word, others in found.items()}


@cache
def in_full() -> dict[str, tuple[str, ...]]:
    """Folded abbreviation of an institution -> its name in full, folded, in the two languages."""
    return {form: tuple(map(fold, whole)) for short, whole in _IN_FULL.items() for form in acronyms()[fold(short)]}


@cache
def shortened() -> dict[str, frozenset[str]]:
    """Folded word of the full name of an institution -> the abbreviations that have it in them."""
    found: dict[str, set[str]] = {}
    for short, whole in in_full().items():
        for word in (word for name in whole for word in _words(name)):
            found.setdefault(word, set()).add(short)
    return {word: frozenset(shorts) for word, shorts in found.items()}
