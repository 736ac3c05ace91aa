"""What a question asks for, and whether a text can have it."""

from __future__ import annotations

import pytest

from genoassist.asked import (
    asks_all_about,
    asks_more,
    asks_of_now,
    asks_one_fact,
    asks_which_ones,
    asks_yes_or_no,
    counted_thing,
    kind_asked,
)
from genoassist.told import has_amount, holds, of_another_edition, placed


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who spoke when the fair opened?", "who"),
        ("When was it signed, and who was there?", "date"),
        ("Avec qui Lumen a-t-il signé ?", "who"),
        ("Où est la foire qui a reçu 40 visiteurs ?", None),
        ("Where is the fair of the people who came?", None),
        ("Lumen est dirigé par qui ?", "who"),
        ("Dis-moi qui dirige Lumen.", "who"),
        ("Quel est le budget de Lumen, qui réunit six firmes ?", "amount"),
        ("When was the price set?", "date"),
        ("Quel est le prix du câble ?", "amount"),
        ("On what day did the fair open?", "day"),
        ("Quel jour la foire a-t-elle ouvert ?", "day"),
        ("In which year was Lumen founded?", "year"),
        ("En quelle année Lumen a-t-il été fondé ?", "year"),
        ("How long did the fair last?", "duration"),
        ("How long ago was Lumen founded?", None),
        ("Combien de temps la foire a-t-elle duré ?", "duration"),
        ("Depuis combien de temps Lumen existe-t-il ?", "date"),
        ("Pour combien d’années Quarz a-t-il été élu ?", "duration"),
        ("What is the date of the fair?", "date"),
        ("À quelle date exacte la foire a-t-elle ouvert ?", "day"),
        ("What's the duration of the project?", "duration"),
        ("What was the year of creation?", "year"),
        ("How many members did Lumen have when the year ended?", None),
        ("Where was Lumen when it was elected?", None),
        ("In 2031, who coordinated Lumen?", "who"),
        ("En 2031, qui a coordonné Lumen ?", "who"),
        ("Which programme co-funds Lumen?", None),
        ("Quelle entreprise a remporté le prix ?", None),
        ("Where does the funding of Lumen come from?", None),
        ("Did Lumen receive a grant?", None),
        ("What did the stand cost?", "amount"),
        ("Combien coûte le stand ?", "amount"),
        ("Lumen budget", "amount"),
        ("À combien s’élève le chiffre d’affaires de Lumen ?", "amount"),
        ("Combien de subventions Lumen a-t-il reçues ?", None),
        ("What was the total value of the contracts?", "amount"),
        ("How big was Lumen's operating budget?", "amount"),
        ("What size of EU grant did Lumen receive?", "amount"),
        ("Quelle loi encadre Lumen, et à partir de quand s'applique-t-elle ?", "date"),
        ("What about the one in Turin, when was that?", "date"),
        ("Quel est l'effectif de Quarz ?", "number"),
        ("What share of the board are women?", "number"),
        ("How deep is the lake?", "number"),
        ("What part does Quarz play?", None),
        ("What is the licence deal worth?", "amount"),
        ("What is the e-mail of Brandt?", "contact"),
        ("Quel est le numéro de téléphone de Brandt ?", "contact"),
        ("What is Brandt's address?", "address"),
        ("À quelle adresse se trouve Lumen ?", "address"),
        ("What is the email address of Brandt?", "contact"),
        ("Quelle est l’adresse du site web ?", "contact"),
        ("What does Lumen address?", None),
    ],
)
def test_the_kind_of_fact_that_is_asked_for(text, kind):
    assert kind_asked(text) == kind


@pytest.mark.parametrize(
    ("text", "one"),
    [
        ("What is the depth of the lake at Turin?", True),
        ("What's the name of the fair?", True),
        ("What was Lumen's budget in 2031?", True),
        ("What share was sold?", True),
        ("How big is the hall?", True),
        ("And how many visitors were there?", True),
        ("C'était où, la foire ?", True),
        ("Où le consortium Lumen a-t-il ouvert sa halle ?", True),
        ("C'est quoi la date de la foire ?", True),
        ("C'est quoi Lumen ?", False),
        ("Quel est le budget de Lumen ?", True),
        ("What is Lumen?", False),
        ("I saw the name Lumen. What is it?", False),
        ("What is the main aim of Lumen?", False),
        ("Quel est le rôle d'Helvia ?", False),
        ("Dans quel but Lumen est-il né ?", False),
        ("What kind of firms came to Turin?", False),
        ("Which firms came to Turin?", False),
        ("How did it start?", False),
        ("Where was it and how many came?", False),
        ("Which university coordinates Lumen?", True),
        ("What country does the delegation come from?", True),
        ("Which scheme helps pay for Lumen?", True),
        ("Which Lumen firms took part?", False),
        ("Quand est-ce qu’ils ont signé ?", True),
        ("Qui est-ce qu'on a élu ?", True),
        ("Qu'est-ce que Lumen ?", False),
        ("Que s'est-il passé à Turin ?", False),
        ("Où est-ce que la foire a eu lieu ?", True),
        ("D’où vient la délégation ?", True),
        ("Laquelle des firmes dirige Lumen ?", True),
        ("Where was the fair about lamps held?", True),
        ("What is Quarz Lamps' budget?", True),
        ("What is a lamp?", False),
        ("Which public bodies help to pay for Lumen?", False),
        ("What could visitors do at the fair?", False),
        ("What explains the delay of Lumen?", False),
        ("Qui a dirigé Lumen successivement ?", False),
        ("Et celle de mai, c'était où ?", True),
        ("Quel est le prix de 2030 et celui de 2031 ?", False),
        ("What was the price in 2030 and that of 2031?", False),
        ("We know how it began. When was it signed?", True),
        ("What does a stand at the fair cost?", True),
        ("What did the Turin office cost in 2031?", True),
        ("What does Lumen do to cut costs?", False),
    ],
)
def test_one_fact_or_more_is_asked_for(text, one):
    assert asks_one_fact(text) is one
    assert asks_more(text) is not one


def test_keywords_ask_for_neither():
    assert not asks_one_fact("GEN.ERA closing event venue")
    assert not asks_more("GEN.ERA closing event venue")


@pytest.mark.parametrize(
    ("question", "text", "there"),
    [
        ("On what day of June did the fair open?", "The fair was held in June.", False),
        ("On what day of June did the fair open?", "The fair opened on 8 June.", True),
        ("Quel jour de juin la foire a-t-elle ouvert ?", "La foire a ouvert le mardi.", True),
        ("Quel jour, le 8 juin ou le 9 juin ?", "La foire a ouvert le 8 juin.", False),
        ("In what year was Lumen founded?", "Lumen was founded early.", False),
        ("In what year was Lumen founded?", "Lumen was founded in June.", True),  # of the document's year
        ("In what year? (Lumen in 2031)", "Lumen was founded in 2031.", True),
        ("En quelle année Lumen est-il né ?", "Lumen was founded in 2019.", True),
        ("What year, 2019?", "Lumen was founded in 2019.", False),
        ("Since when has Quarz been a partner?", "Quarz is a partner of Lumen.", False),
        ("Depuis quand Quarz est-il partenaire ?", "A partner since 2019, Quarz pays.", True),
        ("When does the fair take place?", "The fair takes place every autumn.", True),
        ("Quand a lieu la foire ?", "La foire a lieu chaque année.", True),
        ("How long did the fair last?", "The four-day fair drew 40 visitors.", True),
        ("How long did the fair last?", "The fair drew 40 visitors.", False),
        ("Combien de temps la foire a-t-elle duré ?", "The fair was held from 8 June to 10 June.", True),
        ("Pour combien de mois Quarz a-t-il été élu ?", "Quarz was elected in May.", False),
        ("How long is the cable?", "The cable is 12 km long.", True),
        ("What was the price of the fair?", "The fair was held in Turin.", False),
        ("How many firms came?", "Firms came in 2019.", False),
        ("How many firms came?", "Six firms came.", True),
        ("How many fairs were there?", "There was a single fair.", True),
        ("Quel est l’effectif de Quarz ?", "Quarz fournit l’électricité.", False),
        ("Quel est l’effectif de Quarz ?", "Quarz compte 18 salariés.", True),
        ("How long has Quarz been a partner?", "A partner since 2019, Quarz pays.", True),
        ("How long does a stay last?", "Six firms have stayed since 4 March.", False),
        ("Combien de temps dure le séjour ?", "Six sociétés séjournent ici depuis le 4 mars.", False),
        ("How old is the director?", "Born in Turin, she led a dairy after six years in Bergen.", False),
        ("Quel âge a la directrice ?", "Née en 1971, elle dirige le pôle.", True),
        ("Quel âge a la directrice ?", "La directrice, 52 ans, dirige le pôle.", True),
        ("How long did the fair last?", "The fair was held from 8 to 10 June.", True),
        ("Who came?", "It rained.", True),
        ("What is the e-mail of Brandt?", "Brandt leads Lumen, which has 1,480 members.", False),
        ("Quel est le téléphone de Brandt ?", "Brandt : +33 1 60 00 00 00", True),
        ("Quelle est l’adresse de Brandt ?", "Brandt est à Turin, en Italie.", False),
        ("Quelle est l’adresse de Brandt ?", "Brandt, 4 rue du Port.", True),
        ("What is the address of Brandt?", "In 2031 the fair took place in a square.", False),
        ("What is the address of Brandt?", "12 Harbour Road, Turin", True),
        ("What is the address of Brandt?", "Brandt, Bahnhofstrasse 4, Heidelberg", True),
        ("What is the e-mail of Brandt?", "Brandt, 4 rue du Port.", False),
        ("You joined in 2031. Until what year?", "Quarz joined in May.", False),
        ("Until what year does it run?", "It runs until May.", True),
        ("Where was the fair?", "It rained.", True),
        ("Who is the president of Lumen?", "Brandt was elected vice-president of Lumen.", False),
        ("Who is the president of Lumen?", "Brandt, la vice-présidente de Lumen, a parlé.", False),
        ("Who is the president of Lumen?", "Sand, the president, and her vice-president spoke.", True),
        ("Who is the vice-president of Lumen?", "Brandt was elected vice-president of Lumen.", True),
        ("Who heads Lumen?", "Brandt was elected vice-president of Lumen.", True),
        ("Qui est le directeur de Lumen ?", "La directrice adjointe, Ada Brandt, l’a dit.", False),
        ("Qui est le maire de Turin ?", "Ada Brandt, adjointe au maire, l’a dit.", False),
        ("Qui est l’adjointe au maire de Turin ?", "Ada Brandt, adjointe au maire, l’a dit.", True),
    ],
)
def test_a_text_without_the_kind_of_fact_asked_for_cannot_tell_it(question, text, there):
    assert holds(text, question) is there


@pytest.mark.parametrize(
    ("question", "text", "other"),
    [
        ("Where will the next fair take place?", "The fair was held in Turin.", True),
        ("Où aura lieu la prochaine foire ?", "La foire s’est tenue à Turin.", True),
        ("Où aura lieu la prochaine foire ?", "The next fair will be held in Turku.", False),
        ("Where was the fair?", "The fair was held in Turin.", False),
    ],
)
def test_the_next_edition_is_another_one(question, text, other):
    assert of_another_edition(text, question) is other


@pytest.mark.parametrize(
    ("text", "polar"),
    [
        ("Is Quarz a partner of Lumen?", True),
        ("And did the fair make money?", True),
        ("Quarz est-il partenaire de Lumen ?", True),
        ("Est-ce que Quarz dirige Lumen ?", True),
        ("Y a-t-il une foire à Turin ?", True),
        ("Could you list the partners of Lumen?", False),
        ("Who is it?", False),
        ("Qu’est-ce que Lumen ?", False),
        ("Où la foire a-t-elle eu lieu ?", False),
        ("En quoi Lumen sert-il la formation ?", False),
        ("Lumen partners", False),
        ("Est-ce que Lumen était à Turin ou à Turku ?", True),
        ("Lumen aide-t-il des firmes ou des écoles ?", True),
        ("Did the people who came like the fair?", True),
        ("Lumen aide-t-il les firmes qui visent le Japon ?", True),
        ("Lumen est il membre de Quarz ?", True),
        ("Does the report say when Lumen was signed?", False),
        ("Que s'est-il passé à Turin ?", False),
        ("The hands-on training", False),
        ("Qu'a-t-on promis à Turin ?", False),
        ("Est-ce en 2019 que Lumen a été signé ?", True),
        ("Est-ce Quarz qui dirige Lumen ?", True),
        ("C’est Quarz qui dirige Lumen ?", True),
        ("C’est quoi Lumen ?", False),
        ("C’est en quelle année que Lumen a pris fin ?", False),
        ("Quand est-ce que Lumen a été signé ?", False),
        ("Le salon, c’était à Turin ?", True),
        ("Lumen was signed in March?", True),
        ("Lumen, c’était dans quelle ville ?", False),
        ("The cluster that is coordinating Lumen?", False),
        ("Lumen closing event venue?", False),
    ],
)
def test_what_is_answered_with_yes_or_no(text, polar):
    assert asks_yes_or_no(text) is polar


@pytest.mark.parametrize(
    ("text", "things"),
    [
        ("How many of the five firms came from Turin?", ["firms", "came"]),
        ("Combien y a-t-il d’universités ?", ["universites"]),
        ("Combien Lumen compte-t-il de firmes ?", ["firmes"]),
        ("Quel nombre d’étudiants est venu ?", ["etudiants"]),
        ("Pourquoi le nombre de firmes a-t-il augmenté ?", []),
        ("How many members did Lumen have?", ["members"]),
        ("Where was the fair?", []),
    ],
)
def test_what_is_counted(text, things):
    assert counted_thing(text)[: len(things) or None] == things


@pytest.mark.parametrize(
    ("text", "question", "has"),
    [
        ("Lumen sells 38% of it abroad.", "À combien s’élève le chiffre d’affaires de Lumen ?", False),
        ("Lumen sells 38% of it abroad.", "What is the turnover of Lumen?", False),
        ("Lumen sold lamps for €2 million.", "What is the turnover of Lumen?", True),
        ("Lumen bears 50 % of the costs.", "How much of the costs does Lumen bear?", True),
        ("Lumen verse 50 % des frais.", "Combien coûte le stand à Lumen ?", True),
    ],
)
def test_a_share_is_no_sum_of_money(text, question, has):
    assert has_amount(text, question) is has


@pytest.mark.parametrize(
    ("text", "which_ones"),
    [
        ("Which partners lead Lumen?", True),
        ("Quels pays sont membres ?", True),
        ("What companies came?", True),
        ("Comment s’appelaient les deux lauréats ?", True),
        ("What are the names of the winners?", True),
        ("Comment s’appelle le lauréat ?", False),
        ("Which city leads Lumen?", False),
        ("Quelles sont les dates ?", False),
        ("What is the number of partners?", False),
    ],
)
def test_which_ones_are_asked_for(text, which_ones):
    assert asks_which_ones(text) is which_ones


@pytest.mark.parametrize(
    ("text", "everything"),
    [
        ("What is Quarz's relationship with Lumen?", True),
        ("Quels liens Quarz entretient-il avec Lumen ?", True),
        ("In which projects is Quarz involved?", True),
        ("À quel titre Quarz siège-t-il ? Que sait-on de lui ?", True),
        ("Tell me about Quarz", True),
        ("Quel rapport Lumen a-t-il avec Quarz ?", True),
        ("Who leads Quarz?", False),
        ("What held back the stage of Quarz devoted to establishing ties?", False),
        ("Why did Quarz get involved in Lumen?", False),
        ("Which firms mentioned delays?", False),
        ("What was the connected capacity of the site?", False),
        ("Quels sont les titres des films ?", False),
        ("Qui a parlé de Quarz ?", False),
        ("How is Quarz connected to Lumen?", True),
        ("Parlez-moi des liens de Quarz", True),
        ("Quels partenaires dirigent Quarz ?", False),
    ],
)
def test_all_that_is_told_of_something_is_asked_for(text, everything):
    assert asks_all_about(text) is everything


def test_a_relationship_is_more_than_one_fact():
    assert asks_more("What is Quarz's relationship with Lumen?")
    assert not asks_more("What is Quarz's budget?")


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Who runs it these days?", True),
        ("Quel est le budget actuel ?", True),
        ("Qui dirige Lumen aujourd’hui ?", True),
        ("Who runs it?", False),
        ("Who was present at the fair?", False),
        ("What was the budget in the current year, 2031?", False),
        ("Who ran it? (Who runs Lumen now)", False),
    ],
)
def test_how_things_are_now_is_asked(text, now):
    assert asks_of_now(text) is now


@pytest.mark.parametrize(
    ("text", "there"),
    [
        ("It closed in 2031.", False),
        ("It closed in May.", False),
        ("Quarz closed at the end.", True),
        ("It closed in Turku.", True),
        ("Turku hosted it", True),
        ("Turin, Italy", True),
        ("Elle s’est tenue à Turin.", True),
    ],
)
def test_where_it_was_is_no_year_and_no_month(text, there):
    assert placed(text, "Where did Lumen close?", "Where did Lumen close?") is there
    assert placed(text, "When did Lumen close?", "When did Lumen close?")


def test_an_account_is_more_than_one_fact():
    assert asks_more("Give me a rundown of what went on in June.")
    assert asks_more("What took place in June?")
