"""What the demo shows: people, divisions, and what they did with losses of the sandbox."""

from __future__ import annotations

from dataclasses import dataclass

FLEET, HOME, CAPITALS = "Fleet Operations", "Home Defence", "Capital Ships"
DIVISIONS = (FLEET, HOME, CAPITALS)

PILOT, REVIEWER, PAYER, ADMIN = "pilot", "reviewer", "payer", "admin"

#: Local accounts, with the sandbox's characters that are tied to them; the first is the main one.
ACCOUNTS: dict[str, tuple[int, ...]] = {
    PILOT: (2112000101, 2112000102),
    REVIEWER: (95000105,),
    PAYER: (),
    ADMIN: (),
}
#: Characters whose owners have logged in with EVE before; the others are there to be tried.
VISITORS: tuple[int, ...] = (
    2112000103,
    2112000104,
    2112000201,
    2112000202,
    2112000203,
    2112000204,
)


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody did.

    what: a name of demo._STEPS. who: an account, empty for the submitter. value: an amount, a
    fraction or a form's value, as text.
    """

    what: str
    who: str = ""
    note: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A request: of which loss, to which division, with what was written and done.

    hours_ago: when it was submitted; None for some hours after the loss.
    """

    killmail_id: int
    division: str
    details: str
    steps: tuple[Step, ...] = ()
    hours_ago: float | None = None


def _bonus(value: str, note: str) -> Step:
    return Step("relative", REVIEWER, note, value)


def _isk(value: str, note: str) -> Step:
    return Step("absolute", REVIEWER, note, value)


def _approve(note: str = "") -> Step:
    return Step("approved", REVIEWER, note)


def _pay(note: str = "") -> Step:
    return Step("paid", PAYER, note)


def _reject(note: str) -> Step:
    return Step("rejected", REVIEWER, note)


def _incomplete(note: str) -> Step:
    return Step("incomplete", REVIEWER, note)


SCENES: tuple[Scene, ...] = (
    Scene(122410087, HOME, "Caught alone at the top belt by a Tristan gang.", (_approve(), _pay())),
    Scene(122410093, HOME, "The pod, right after.", (_reject("Capsules are not covered."),)),
    Scene(
        123655190,
        FLEET,
        "Drake fleet on the Tama gate, first on the list of primaries.",
        (_bonus("0.1", "Held the bubble until the end"), _approve("Good fight!"), _pay()),
    ),
    Scene(
        123655201,
        FLEET,
        "Same fight as the Drake.\nLost while covering the warp out.",
        (
            Step("comment", REVIEWER, "Was the shield extender from the fleet hangar?"),
            Step("comment", "", "It was, I gave the second one back."),
            _isk("-880000.00", "Extender from the hangar"),
            _approve(),
            _pay("Paid together with the Drake."),
        ),
    ),
    Scene(
        123655214,
        FLEET,
        "Logistics anchor. They knew.",
        (Step("comment", "", "Nobody reviews their own: somebody else has to look at this one."),),
    ),
    Scene(
        123318806,
        HOME,
        "Answering the call for help, two jumps out.",
        (_isk("5000000.00", "Ammunition"), _approve(), _pay()),
    ),
    Scene(124820010, HOME, "Ratting.", (_reject("Lost to pirates, outside a fleet."),)),
    Scene(
        124991634, FLEET, "Mining fleet, no escort.", (Step("withdraw", "", "Found the rules."),)
    ),
    Scene(
        125406818,
        FLEET,
        "Blue on blue during the training fleet, sorry all around.",
        (
            _incomplete("Please say who shot whom; this looks like friendly fire."),
            Step("details", "", "Training fleet: Kesra shot me by mistake, the FC has the log."),
            _bonus("-0.25", "Safety settings were off"),
            _approve("Talked to both pilots."),
            _pay(),
        ),
    ),
    Scene(
        125733099,
        CAPITALS,
        "Dropped on the keepstar timer, no reps left in range.",
        (Step("payout", REVIEWER, value="2900000000.00"), _approve("Hull and fit."), _pay()),
    ),
    Scene(
        125733412,
        CAPITALS,
        "Sieged on the second grid as ordered.",
        (
            _bonus("0.05", "Capital bonus"),
            _approve(),
            _pay(),
            Step("approved", PAYER, "Sent to the wrong corporation wallet, taken back."),
            _pay("Second transfer, this time to the pilot."),
        ),
    ),
    Scene(
        126058331,
        CAPITALS,
        "Supercarrier, tackled by a Sabre at the beacon.",
        (
            Step("comment", REVIEWER, "This needs two directors; I have asked them."),
            Step("note", REVIEWER, "Second supercarrier this year, see also #125733412."),
        ),
        hours_ago=76,
    ),
    Scene(
        126412775,
        CAPITALS,
        "The one everybody has read about.",
        (_incomplete("Please attach the fleet commander's order."),),
        hours_ago=120,
    ),
    Scene(127344806, FLEET, "Wormhole roam, mutated web and scrambler.", (_approve(), _pay())),
    Scene(
        127702253,
        FLEET,
        "Falcon jammed three of them before they found me.",
        (_bonus("0.15", "Electronic warfare bonus"), _approve()),
        hours_ago=50,
    ),
    Scene(128311940, FLEET, "Guardian chain broke after the second loss.", hours_ago=45),
    Scene(
        128311962,
        FLEET,
        "Muninn fleet, WD-VTV, same fight as the Guardian.",
        (
            _isk("12500000.00", "Rigs at today's prices"),
            _bonus("-0.1", "Wrong hardener"),
            Step("void", REVIEWER, value="1"),
        ),
        hours_ago=44,
    ),
    Scene(128640077, FLEET, "Bubbled the out gate, did its job.", (_approve(),), hours_ago=30),
    Scene(128640131, FLEET, "Pod with implants.", (_incomplete("Which implants?"),), hours_ago=29),
    Scene(
        129850903,
        HOME,
        "Home defence, Amamake undock.",
        (Step("payout", REVIEWER, value="290000000.00"), _approve("Insurance taken off.")),
        hours_ago=27,
    ),
    Scene(130226641, HOME, "Same undock as the Dominix, an hour later.", hours_ago=26),
    Scene(130888105, HOME, "Retriever in the ice belt.", (_reject("Mining is not covered."),)),
    Scene(
        131350476, HOME, "First fleet! Lost to a Caracal.", (_approve("Welcome."),), hours_ago=20
    ),
    Scene(131764029, FLEET, "Ishtar on the wormhole, rolled out.", hours_ago=9),
    Scene(
        132140852,
        FLEET,
        "Faction warfare plex, one on one. <b>Good fight</b> & no hard feelings.",
        (Step("comment", REVIEWER, "Nice fit. What did the other side lose?"),),
        hours_ago=3,
    ),
    Scene(132555367, HOME, "Hulk, boosted by nobody.", hours_ago=1.5),
)

#: Left for whoever tries the demo: a loss of the pilot's that nobody submitted yet.
TO_TRY = 123004512
