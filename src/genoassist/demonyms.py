"""What is of a country or a region, in English and French: "Swedish" is « suédoise », of "Sweden".

The names of the countries come from the Unicode CLDR (through Babel), which has no adjectives.
"""

from __future__ import annotations

import re
from functools import cache

from babel import Locale

from genoassist.words import fold

# The code of a territory, its adjectives in English, the masculine one in French.
_ADJECTIVES = """
US American|américain
AE Emirati|émirien
AR Argentinian Argentine|argentin
AT Austrian|autrichien
AU Australian|australien
BE Belgian|belge
BG Bulgarian|bulgare
BR Brazilian|brésilien
BY Belarusian|biélorusse
CA Canadian|canadien
CH Swiss|suisse
CI Ivorian|ivoirien
CL Chilean|chilien
CM Cameroonian|camerounais
CN Chinese|chinois
CO Colombian|colombien
CY Cypriot|chypriote
CZ Czech|tchèque
DE German|allemand
DK Danish|danois
DZ Algerian|algérien
EE Estonian|estonien
EG Egyptian|égyptien
ES Spanish|espagnol
FI Finnish|finlandais
FR French|français
GB British|britannique
GR Greek|grec
HR Croatian|croate
HU Hungarian|hongrois
ID Indonesian|indonésien
IE Irish|irlandais
IL Israeli|israélien
IN Indian|indien
IR Iranian|iranien
IS Icelandic|islandais
IT Italian|italien
JP Japanese|japonais
KE Kenyan|kényan
KR Korean|coréen
LB Lebanese|libanais
LT Lithuanian|lituanien
LU Luxembourgish|luxembourgeois
LV Latvian|letton
MA Moroccan|marocain
MT Maltese|maltais
MX Mexican|mexicain
MY Malaysian|malaisien
NG Nigerian|nigérian
NL Dutch|néerlandais
NO Norwegian|norvégien
NZ New-Zealander|néo-zélandais
PE Peruvian|péruvien
PH Filipino Philippine|philippin
PL Polish|polonais
PT Portuguese|portugais
QA Qatari|qatari
RO Romanian|roumain
RS Serbian|serbe
RU Russian|russe
RW Rwandan|rwandais
SA Saudi|saoudien
SE Swedish|suédois
SG Singaporean|singapourien
SI Slovenian Slovene|slovène
SK Slovak Slovakian|slovaque
SN Senegalese|sénégalais
TH Thai|thaïlandais
TN Tunisian|tunisien
TR Turkish|turc
TW Taiwanese|taïwanais
UA Ukrainian|ukrainien
UY Uruguayan|uruguayen
VN Vietnamese|vietnamien
ZA South-African|sud-africain
"""
# Of continents, which stand in many a name ("European project"), regions and towns: the adjectives alone.
_REGIONAL = (
    ("European", "européen"),
    ("African", "africain"),
    ("Asian", "asiatique"),
    ("Alpine", "alpin"),
    ("Arctic", "arctique"),
    ("Atlantic", "atlantique"),
    ("Baltic", "baltique"),
    ("Basque", "basque"),
    ("Bavarian", "bavarois"),
    ("Breton", "breton"),
    ("Catalan", "catalan"),
    ("English", "anglais"),
    ("Flemish", "flamand"),
    ("Mediterranean", "méditerranéen"),
    ("Nordic", "nordique"),
    ("Norman", "normand"),
    ("Parisian", "parisien"),
    ("Scandinavian", "scandinave"),
    ("Scottish", "écossais"),
    ("Walloon", "wallon"),
    ("Welsh", "gallois"),
)
_FEMININE = (
    ("ien", "ienne"),
    ("éen", "éenne"),
    ("on", "onne"),
    ("grec", "grecque"),
    ("turc", "turque"),
    ("e", "e"),
    ("", "e"),
)


@cache
def demonyms() -> dict[str, frozenset[str]]:
    """Folded adjective or name of a country or region, in either language -> the forms of both.

    Of a name in several words each stands for the adjective ("États", « Unis »), which stands for none of them.
    """
    lands = Locale("en").territories, Locale("fr").territories
    found: dict[str, set[str]] = {}

    def same(words: set[str], others: set[str]) -> None:
        for word in words:
            found.setdefault(word, set()).update(others)

    for line in _ADJECTIVES.split("\n")[1:-1]:
        code, rest = line.split(" ", 1)
        here, there = rest.split("|")
        adjectives = _forms(here.split(), there)
        names = [re.split("[ -]", fold(land[code])) for land in lands]
        alone = {words[0] for words in names if len(words) == 1}
        same(adjectives | alone, adjectives | alone)
        same({word for words in names for word in words} - alone, adjectives)
    for one, other in _REGIONAL:
        adjectives = _forms([one], other)
        same(adjectives, adjectives)
    return {word: frozenset(others) for word, others in found.items()}


def _forms(english: list[str], french: str) -> set[str]:
    """The folded forms of an adjective: its French feminine, the plurals of each."""
    feminine = next(french.removesuffix(ending) + other for ending, other in _FEMININE if french.endswith(ending))
    single = [*english, french, feminine]
    return {fold(word) for one in single for word in (one, one if one.endswith(("s", "x")) else f"{one}s")}
