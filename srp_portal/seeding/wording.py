"""Names and sentences for generated data; the people, corporations and alliances don't exist."""

from __future__ import annotations

_FIRST = """
    Aino Alva Amund Anouk Aras Asta Bao Berit Bruno Callum Cato Chiara Dagny Darya Dilan
    Edda
    Eino Elif Emre Enzo Esme Farid Freya Gael Gunnar Hana Henrik Ilja Imani Ines Ivo Jaya Jun Kaia
    Kenji Klara Lars Leila Linh Lova Maël Malin Marek Mina Nadia Nils Noor Odin Olena Omar Petra
    Quinn Rafa Renata Rohan Saga Samir Sigrid Søren Tariq Tea Tomas Ulla Vera Viggo Wanda Xenia
    Yara Yusuf Zofia Ángel Émile Ólafur Łucja Željko Валя Ирина Юрий 葵 蓮"""
_LAST = """
    Abara Adler Arnesen Azaria Bakos Belmonte Bergfalk Brandt Cardoso Castell Corvane Dahlin
    Delacroix Drake Ebner Ekholm Eskola Falkner Farrow Fjeldstad Galanis Grimaldi Haldane Harrow
    Hellström Holloway Ibarra Ishikawa Jankovic Jorvik Kallas Kessler Kowal Lindqvist Lorca
    Lyngstad Marchetti Mendel Mikkelsen Morrow Nakata Nordahl Novak Okafor Olander Ortega Paavola
    Pereira Quade Radek Rasmus Renko Rossi Saarinen Salazar Sandoval Sjöberg Solberg Stark Strand
    Szabo Takeda Thorne Tiwari Tverberg Ueda Valdis Vance Varga Virtanen Volkov Weiss Wolfram Yilmaz
    Zalman Zieliński Åkesson Çelik Öberg Štern"""

FIRST_NAMES: tuple[str, ...] = tuple(_FIRST.split())
LAST_NAMES: tuple[str, ...] = tuple(_LAST.split())

#: Alliances, each with its corporations; the last group has no alliance.
ALLIANCES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Meridian Compact",
        ("Copper Lantern Works", "Ninth Hour Logistics", "Hollow Comet Salvage", "Vesper Drydock"),
    ),
    (
        "Sable Horizon",
        ("Obsidian Rookery", "Kite and Anchor", "Skärgård Navigatörer", "Tidal Lock Industries"),
    ),
    ("Northern Drift", ("Ice Road Couriers", "Aphelion Watch")),
    ("", ("Independent Surveyors' Guild",)),
)

DIVISIONS: tuple[str, ...] = (
    "Strategic Fleets",
    "Regional Defence",
    "Small Gangs",
    "Capital Losses",
    "New Pilots",
)
#: Where losses of capitals go.
CAPITAL_DIVISION = "Capital Losses"
AUDITORS = "Auditors"

#: The account that signs generated suggestions and flags, as a plugin's would.
RULES = "seeded-rules"

DETAILS: tuple[str, ...] = (
    "Strategic fleet, lost during the timer. Fit as in the doctrine.",
    "Home defence, we held the gate until reinforcements came.",
    "Roam with the new pilots; the fleet commander knows about it.",
    "Tackled the carrier and died for it, worth it.",
    "Bubbled on the way back from the fleet.",
    "Logistics, primaried first as always. Anchor was dead already.",
    "Disconnected in the middle of the fight, the ship was in fleet.",
    "Scouting for the convoy, gate camp on the other side.",
    "Fleet: Tuesday evening strategic op.\nRole: tackle.\nLost on the second timer.",
    "Third ship this week, sorry. Broadcast for reps came too late.",
    "Camping the undock; they brought more than we thought.",
    "Lost while covering the retreat, see the after action report.",
    "Doctrine fit with one meta module, the market had run out.",
    "Ratting ship used for defence after the call in alliance chat.",
    "Flotte d'entraînement, première sortie en intercepteur.",
    "Стратегический флот, роль: логистика.",
    "Structure bash, dropped on by a hostile fleet.",
    "Smartbombed on the gate, <b>nobody</b> had called it & nobody saw it.",
)

INCOMPLETE_NOTES: tuple[str, ...] = (
    "Which fleet was this? Please name the fleet commander.",
    "The fit is not the doctrine's. Please explain.",
    "Please add the link of the battle report.",
)
ANSWERS: tuple[str, ...] = (
    "It was the late evening fleet, I have added it.",
    "The doctrine changed last week; this is the older fit.",
    "Battle report is in the details now.",
)
REJECTED_NOTES: tuple[str, ...] = (
    "Lost outside a fleet; not covered.",
    "Not a doctrine ship, and no fleet commander asked for it.",
    "Insurance covers this hull.",
    "Too long ago: losses are covered for thirty days.",
    "Flying while the channel said to stay docked.",
)
APPROVED_NOTES: tuple[str, ...] = ("", "", "", "Confirmed with the fleet commander.", "Good fight!")
PAID_NOTES: tuple[str, ...] = ("", "", "", "Paid from the division's wallet.")
UNPAID_NOTE = "Sent to the wrong character; paid again below."
COMMENTS: tuple[str, ...] = (
    "Was this the same fleet as the one an hour before?",
    "Looks fine to me, waiting for the fleet commander.",
    "I was there, confirmed.",
    "Can somebody look at the fit?",
)
USER_NOTES: tuple[str, ...] = (
    "Third loss of this hull in a month, see #%d.",
    "Spoke to them about fits after #%d.",
    "Reliable fleet pilot; #%d was an exception.",
)

#: What reviewers add, as (kind, value as text, note).
MODIFIERS: tuple[tuple[str, str, str], ...] = (
    ("relative", "0.1", "Fleet commander's bonus"),
    ("relative", "0.15", "Logistics bonus"),
    ("relative", "-0.1", "Module missing from the fit"),
    ("relative", "-0.25", "Not the doctrine's fit"),
    ("relative", "0.05125", "Distance"),
    ("absolute", "5000000.00", "Ammunition and paste"),
    ("absolute", "25000000.00", "Rigs at today's prices"),
    ("absolute", "-3000000.00", "Insurance"),
    ("absolute", "-1250000.50", "Recovered modules"),
)

#: What the generated rules flag, as (code, level, text).
FLAGS: tuple[tuple[str, str, str], ...] = (
    ("late", "info", "Submitted more than two days after the loss."),
    ("repeated", "warning", "The third loss of this hull within a week."),
    ("market", "info", "The value is far from the usual one of this hull."),
    ("travel-fit", "alert", "Hardly any module was on board."),
)
