"""Numbers, dates and names, the same in English and French."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from num2words import num2words

from genoassist.atoms import Atoms, atoms, counts, heads, missing
from genoassist.places import forms, in_french, is_place


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("13,000 visitors", {"13000"}),
        ("13 000 visiteurs, 13\u202f000 billets", {"13000"}),
        ("between 25 firms and 8 labs", {"25", "8"}),
        ("2.5 million, 2,5 millions, €2.5m, 2,5 M€", {"2500000"}),
        ("13 thousand, treize mille, 13k", {"13000"}),
        ("3 milliards, three billion", {"3000000000"}),
        ("1,5 %, 1.50 %", {"1.5"}),
        ("2018-2022", {"2018", "2022"}),
        ("the 3rd floor, le 3e étage, la troisième, the third", {"3"}),
        ("le 1er", {"1"}),
        ("9h30, 9:30", {"9", "30"}),
        ("ISO-19, B2B and H2O", {"19"}),
        ("3D", {"3"}),
        ("twenty-five or vingt-cinq", {"25"}),
        ("vingt et une", {"21"}),
        ("soixante et onze, seventy-one", {"71"}),
        ("quatre-vingts, eighty", {"80"}),
        ("quatre-vingt-dix-sept, ninety-seven", {"97"}),
        ("one hundred and twenty-one, cent vingt et un", {"121"}),
        ("two thousand five hundred and six", {"2506"}),
        ("mille neuf cent quatre-vingt-dix-huit", {"1998"}),
        ("deux millions cinq cent mille", {"2500000"}),
        ("two dozen, vingt-quatre", {"24"}),
        ("une centaine, a hundred", {"100"}),
        ("five or six", {"5", "6"}),
        ("two, three", {"2", "3"}),
        ("five and ten", {"5", "10"}),
        ("de 6 à 8", {"6", "8"}),
        ("neuf partenaires", {"9"}),
        ("un bâtiment neuf.", set()),
        ("50 cents", {"50"}),
        ("20 per cent, 20 pour cent", {"20"}),
        ("thousands of people, des centaines", set()),
        ("one day, un jour, une fois, a second", set()),
        ("sept partenaires", {"7"}),
    ],
)
def test_numbers(text, expected):
    assert atoms(text).numbers == expected


@given(st.integers(2, 999_999), st.sampled_from(["en", "fr"]))
def test_numbers_in_words_are_read(value, language):
    assert atoms(num2words(value, lang=language).replace(",", "")).numbers == {str(value)}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("on 14 June", {6}),
        ("le 14 juin", {6}),
        ("MAI 2031", {5}),
        ("In May, they met", {5}),
        ("May 2031", {5}),
        ("on 2 may", {5}),
        ("signed in may", {5}),
        ("It may happen", set()),
        ("May I ask?", set()),
        ("They march on", set()),
        ("in March", {3}),
        ("signed in march", {3}),
        ("en mars", {3}),
        ("En Mars 2031", {3}),
        ("la planète Mars", set()),
        ("12 jan. 2031", {1}),
        ("Jan Novak spoke", set()),
        ("en sept. 2031", {9}),
        ("sept partenaires", set()),
        ("août, aout et December", {8, 12}),
        ("la décembrisation", set()),
    ],
)
def test_months(text, expected):
    assert atoms(text).months == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The project of Kasper Brandt", ("Kasper", "Brandt")),
        ("Où travaille Solène Kervadec ?", ("Solène", "Kervadec")),
        ("A*Star and ZEN.ITH", ("A*Star", "ZEN.ITH")),
        ("L’Allemagne et d'Évry", ("Allemagne", "Évry")),
        ("Helvia's lab. Participants came. “Visitors” too: Everyone", ()),
        ("Sweden won. Paris lost! « Suisse » ?", ("Sweden", "Paris", "Suisse")),
        ("Réunion du comité", ()),
        ("COBRA began. eLab followed", ("COBRA", "eLab")),
        ("In May the EU and the US met", ("EU",)),
        ("Genève–Zürich", ("Zürich",)),
        ("la planète Mars", ("Mars",)),
        ("Twenty partners, Vingt, Dix", ()),
        ("A 3D or 5G lab", ()),
    ],
)
def test_names(text, expected):
    assert atoms(text).names == expected


def test_a_text_without_any_is_empty():
    assert atoms("they met there") == Atoms()
    assert atoms("") == Atoms()
    assert atoms("they met in June") != Atoms()


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("Sweden", "Suède"),
        ("Germany", "Allemagne"),
        ("Swedish", "suédois"),
        ("Netherlands", "Bas"),
        ("Korea", "Corée"),
        ("States", "États"),
        ("Kingdom", "Royaume"),
        ("London", "Londres"),
        ("EU", "UE"),
        ("SMEs", "PME"),
        ("ERDF", "FEDER"),
    ],
)
def test_places_and_abbreviations_in_the_other_language(english, french):
    assert forms(french) & forms(english)
    assert missing(atoms(f"the {english}"), f"dans {french}") == ()


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("Sud", "au Quai Sud", False),
        ("Sud", "en Corée du Sud", True),
        ("States", "in the United States", True),
        ("Korean", "the Korean market", True),
        ("Brumaire", "at Brumaire", False),
    ],
)
def test_a_part_of_a_place_is_one_where_the_whole_stands(name, text, place):
    assert is_place(name, text) is place


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("the European network", "les entreprises européennes"),
        ("the Swedish firm", "la firme suédoise"),
        ("the German towns", "deux villes allemandes"),
        ("a Turkish bank", "une banque turque"),
        ("an Irish school", "l’école irlandaise"),
        ("the Belgian fair", "la foire de Liège, en Belgique"),
        ("aux Pays-Bas", "a Dutch firm"),
        ("au Royaume-Uni", "the British embassy"),
        ("en Corée du Sud", "the South Korean market"),
        ("from the United States", "une société américaine"),
        ("en Autriche", "an Austrian cluster"),
        ("the Catalan cluster", "la région catalane"),
    ],
)
def test_what_is_of_a_country_stands_for_it_in_either_language(said, told):
    assert missing(atoms(said), told) == ()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("the Swedish firm", "la firme suisse"),
        ("the Slovak firm", "la firme slovène"),
        ("an Austrian firm", "an Australian firm"),
        ("in the United States", "une société britannique"),
        ("in Europe", "a European project"),
    ],
)
def test_what_is_of_another_country_does_not(said, told):
    assert missing(atoms(said), told)


def test_different_places_stay_apart():
    assert not forms("Suède") & forms("Suisse")
    assert "austria" not in forms("Australie")
    assert "anguilla" not in forms("English")
    assert forms("Kervadec") == {"kervadec"}


@pytest.mark.parametrize(
    ("said", "told", "lost"),
    [
        (
            "La foire a réuni 12 000 visiteurs à Turin en septembre.",
            "It drew 12,000 visitors to Turin in September.",
            (),
        ),
        ("La foire a réuni 13 000 visiteurs.", "It drew 12,000 visitors.", ("13000",)),
        ("Vingt-cinq entreprises", "25 firms", ()),
        ("Elle s'est tenue en Suisse.", "It was held in Stockholm, Sweden.", ("Suisse",)),
        ("Elle s'est tenue en mai.", "It was held on 3 March.", ("05/",)),
        ("Le 14 juillet 2031", "on 14 July 2031", ()),
        ("It was led by Kasper Brandt.", "Kasper Brandt le dirige.", ()),
        ("It was led by Solène Brandt.", "Kasper Brandt le dirige.", ("Solène",)),
        (
            "aux Pays-Bas, en Corée du Sud et aux États-Unis",
            "in the Netherlands, South Korea and the United States",
            (),
        ),
        ("The Swedish one", "held in Sweden", ()),
        ("the ZENITH booth", "the ZEN.ITH booth", ("ZENITH",)),
        ("the Italian fair", "the fair in Austria", ("Italian",)),
        ("they said so", "nothing", ()),
        ("a deal with the Norwegians", "a port of western Norway", ()),
        ("les Italiennes", "the fair in Italy", ()),
        ("the Asian mission", "a mission to Asia", ()),
        ("the Asian mission", "a mission to Africa", ("Asian",)),
        ("la présidence du Conseil de l’UE", "the presidency of the Council of the European Union", ()),
        ("l’Union européenne", "the first EU initiative", ()),
        ("the EU", "the European University", ("EU",)),
        ("le Prix Lumen", "the Lumen Prize", ()),
        ("a 2 MW turbine of the XVIIth kind", "une turbine de 2 GW, du XVIIᵉ genre", ()),
        ("the XVIIIth century", "le XVIIᵉ siècle", ("18",)),
    ],
)
def test_what_is_missing(said, told, lost):
    assert missing(atoms(said), told) == lost


@pytest.mark.parametrize(
    ("text", "counted"),
    [
        ("five clusters and 35 students", [("5", "clusters students"), ("35", "students")]),
        ("Les neuf universités du réseau", [("9", "universités réseau")]),
        ("un bâtiment neuf de 80 mètres", [("80", "mètres")]),
        ("Seven met on 8 June; two hundred came, and twenty five.", [("7", "met")]),
        ("to seize new opportunities in Sept and du neuf dans les projets", []),
        ("En 2031 des visiteurs sont venus, and the 2031 edition brings partners.", []),
        ("Of 36 Swiss trainees, 34 have one.", [("36", "Swiss trainees"), ("34", "Swiss trainees one")]),
        ("The 2031 Lumen fair was held.", []),
        ("2,000 visitors in May, 35 guests on 3 June", [("2000", "visitors"), ("35", "guests")]),
        ("2,031 visitors came, 2031 visiteurs sont venus", [("2031", "visitors came"), ("2031", "visiteurs venus")]),
        ("Sur 36 stagiaires, 34 ont un certificat.", [("36", "stagiaires"), ("34", "stagiaires certificat")]),
    ],
)
def test_what_numbers_count(text, counted):
    assert counts(text) == counted


@pytest.mark.parametrize(
    ("text", "french"),
    [
        ("La foire a eu lieu à Leipzig, Germany.", "La foire a eu lieu à Leipzig, en Allemagne."),
        ("à San Diego, États-Unis, puis à Porto, Portugal", "à San Diego, aux États-Unis, puis à Porto, au Portugal"),
        ("à Tartu BT Park, Estonie, et à Puebla, Mexique", "à Tartu BT Park, en Estonie, et à Puebla, au Mexique"),
        ("à Lyon, France BioLead a signé", "à Lyon, France BioLead a signé"),
        ("en Leipzig, en Allemagne, puis en Suède, Norvège", "à Leipzig, en Allemagne, puis en Suède, Norvège"),
        ("À Lisbon puis à Singapore", "À Lisbonne puis à Singapour"),
        ("la National University of Singapore", "la National University of Singapore"),
        ("le Sweden Cluster et Cluster Sweden", "le Sweden Cluster et Cluster Sweden"),
        ("Jordan, d'Invest in Denmark, à Atlanta, Georgia", "Jordan, d'Invest in Denmark, à Atlanta, Georgia"),
        ("en Bretagne, France", "en Bretagne, France"),
        ("en Royaume-Uni, en Canada, en États-Unis, en Malte", "au Royaume-Uni, au Canada, aux États-Unis, à Malte"),
        (
            "en Corée du Sud et en zone euro, à Séoul, Corée du Sud",
            "en Corée du Sud et en zone euro, à Séoul, en Corée du Sud",
        ),
        ("en Singapour, en Japon, en Suède, en France BioLead", "à Singapour, au Japon, en Suède, en France BioLead"),
        ("Elle a lieu au Portugal et à Oral.", "Elle a lieu au Portugal et à Oral."),
    ],
)
def test_places_in_a_french_text_are_in_french(text, french):
    assert in_french(text) == french


def test_a_french_noun_with_its_adjective_is_no_exact_name():
    assert heads("l’Espace européen des données, le Conseil régional et la Région Lumen") == {"Espace", "Conseil"}
    assert heads("le Forum de Turin, Quarz national, the European Health Data Space") == frozenset()
