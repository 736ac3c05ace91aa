"""A comparison asks of each thing compared, in both languages; what is none is left whole."""

from __future__ import annotations

import pytest

from genoassist.compared import sides


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Compare Lumen and Quarz.", ("What is Lumen?", "What is Quarz?")),
        ("Could you compare Lumen with Quarz?", ("What is Lumen?", "What is Quarz?")),
        ("What is the difference between Lumen and Quarz?", ("What is Lumen?", "What is Quarz?")),
        ("How does Lumen differ from Quarz?", ("What is Lumen?", "What is Quarz?")),
        ("LUMEN vs GEN.ERA", ("What is LUMEN?", "What is GEN.ERA?")),
        ("Comparez Lumen à Auroral.", ("Qu’est-ce que Lumen ?", "Qu’est-ce qu’Auroral ?")),
        ("Quelle différence y a-t-il entre Lumen et Quarz ?", ("Qu’est-ce que Lumen ?", "Qu’est-ce que Quarz ?")),
        ("En quoi Lumen se distingue-t-il de Quarz ?", ("Qu’est-ce que Lumen ?", "Qu’est-ce que Quarz ?")),
        (
            "Comparez le budget de Lumen à celui de Quarz.",
            ("Quel est le budget de Lumen ?", "Quel est le budget de Quarz ?"),
        ),
        (
            "Compare the audience of the Bergen fair and of the health conference.",
            ("What is the audience of the Bergen fair?", "What is the audience of the health conference?"),
        ),
        ("Compare membership in 2021 and 2022.", ("What is membership in 2021?", "What is membership in 2022?")),
        (
            "How did membership in 2021 compare with 2022?",
            ("What is membership in 2021?", "What is membership in 2022?"),
        ),
        (
            "Compare the firms and visitors received in 2021 and in 2022.",
            ("What are the firms and visitors received in 2021?", "What are the firms and visitors received in 2022?"),
        ),
        ("How does it compare with Quarz? (What is Lumen)", ("What is Lumen?", "What is Quarz?")),
        ("Compare the Turin stand with the Bergen one.", ("Compare the Turin stand with the Bergen one.",)),
        ("Compare Lumen with other clusters.", ("Compare Lumen with other clusters.",)),
        ("Compare the two projects.", ("Compare the two projects.",)),
        ("How do they compare?", ("How do they compare?",)),
        ("How do the firms and the schools meet ?", ("How do the firms and the schools meet ?",)),
        ("How did the fair compare with expectations?", ("How did the fair compare with expectations?",)),
        (
            "Compare attendance at the Bergen fair with attendance at the conference.",
            ("What is attendance at the Bergen fair?", "What is attendance at the conference?"),
        ),
        (
            "How do the Turin fair and the Bergen summit compare in terms of attendance?",
            ("What is the attendance of the Turin fair?", "What is the attendance of the Bergen summit?"),
        ),
        (
            "Comparez Lumen et Quarz sur le plan du budget.",
            ("Qu’est-ce que Lumen sur le plan du budget ?", "Qu’est-ce que Quarz sur le plan du budget ?"),
        ),
        (
            "Compare the budgets of Lumen and Quarz.",
            ("What are the budgets of Lumen?", "What are the budgets of Quarz?"),
        ),
        ("Compare the fair and the mission.", ("What is the fair?", "What is the mission?")),
        ("Who leads Lumen?", ("Who leads Lumen?",)),
    ],
)
def test_sides(text, expected):
    assert sides(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "Which fair drew more visitors, the one in Turin or the one in Bergen? Give me both figures.",
            ("How many visitors did the fair in Turin have?", "How many visitors did the fair in Bergen have?"),
        ),
        (
            "Which raised more money, Lumen or Quarz?",
            ("How much money did Lumen have?", "How much money did Quarz have?"),
        ),
        ("Which year had more members, 2031 or 2032?", ("How many members in 2031?", "How many members in 2032?")),
        (
            "Did Turin draw more people than Bergen?",
            ("How many people did Turin have?", "How many people did Bergen have?"),
        ),
        (
            "Were there more exhibitors in 2031 than in 2032?",
            ("How many exhibitors in 2031?", "How many exhibitors in 2032?"),
        ),
        (
            "Quel salon a attiré le plus de monde, celui de Turin ou celui de Bergen ?",
            ("Combien de monde compte le salon de Turin ?", "Combien de monde compte le salon de Bergen ?"),
        ),
        (
            "Lequel des deux projets a reçu le plus d’argent, Lumen ou Quarz ?",
            ("Combien d’argent compte Lumen ?", "Combien d’argent compte Quarz ?"),
        ),
        (
            "Turin a-t-il attiré plus d’exposants que Bergen ?",
            ("Combien d’exposants compte Turin ?", "Combien d’exposants compte Bergen ?"),
        ),
        ("Did Lumen have more than 400 visitors?", None),
        ("Did Lumen raise more money than planned?", None),
        ("Which is more expensive, Lumen or Quarz?", None),
        ("Y avait-il plus de PME que de grands groupes ?", None),
    ],
)
def test_which_of_two_has_more_asks_how_many_either_has(text, expected):
    assert sides(text) == (expected or (text,))
