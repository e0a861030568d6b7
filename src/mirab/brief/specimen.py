"""An empty and a full briefing of an invented region: what a section must be able to show.

Names and numbers are invented and no part of any finding; they are used by `mirab check section` and tests.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from mirab.brief.basemap import Basemap
from mirab.brief.specimen_counted import counted
from mirab.core.presence import Presence
from mirab.core.records import (
    Briefing,
    Clearance,
    Commitment,
    Compound,
    Confidence,
    Event,
    Evidence,
    Finding,
    Kept,
    LedgerLine,
    Level,
    Marking,
    Observation,
    Option,
    Origin,
    RuleGain,
    Series,
    Severity,
    Source,
    Standing,
    StateEffect,
    Status,
    Threat,
    ThreatEffect,
)

AS_OF = date(2030, 4, 1)
STATES = {"XAA": "Upland", "XBB": "Midland", "XCC": "Lowland"}
INVENTED = Evidence("invented", Confidence.ESTIMATED, "invented for a test")


def blank() -> Briefing:
    """A briefing in which every part is empty."""
    return _briefing()


def specimen() -> Briefing:
    """A briefing in which every part is filled, with every level, standing and presence."""
    return _briefing(
        issue=7,
        status=Clearance.CLEARED,
        cleared_by="A. Reader",
        situation=(
            "The upper store holds less than in any of the last ten years.",
            "Upland and Lowland need to agree the releases of April before the season opens.",
            "The water commission can decide on 12 April.",
        ),
        changes=("The store has fallen by 120 million m³ (new data).", "One threat has ended (time passed)."),
        threats=_threats(),
        options=_options(),
        commitments=_commitments(),
        events=_events(),
        observations=_observations(),
        series=_series(),
        compounds=(
            Compound(
                "gauge+upper", ("water:gauge", "water:upper"), ("XAA",), (AS_OF, AS_OF), 0.3, 0.25, True
            ),
        ),
        ledger=_ledger(),
        unknowns=("Seepage between the two gauges.", "Use by small pumps.", "Snow above 3,000 m."),
        method=("Inflows are drawn around the norm.",),
        sources=(
            Source("invented", "An invented yearbook", "Mirab", "2029-05", "CC0", licence_settled=False),
        ),
        last_observation=AS_OF - timedelta(days=90),
    )


def ground() -> Basemap:
    """A base map of three square states, one undetermined piece, and a river of three nodes."""
    shapes = [_square(code, 60.0 + 3 * i) for i, code in enumerate(STATES)]
    shapes.append(_square("", 69.0, status="undetermined"))
    places = [("upper", "Upper store", 61.0), ("gauge", "Middle gauge", 64.0), ("lake", "Lower lake", 68.0)]
    return Basemap(
        states={"type": "FeatureCollection", "features": shapes},
        nodes=[{"node_id": id, "name": name, "lon": lon, "lat": 41.0} for id, name, lon in places],
        links=[_link("upper", "gauge"), _link("gauge", "lake")],
        dotted=[{"states": ["XAA", "XBB"], "north_of": 40.0, "east_of": 60.0}],
        disclaimer="Lines on this invented map say nothing about any place.",
        year="2030",
    )


def _link(tail: str, head: str) -> dict[str, str]:
    return {"from_node": tail, "to_node": head, "river": "Test River"}


def _square(code: str, west: float, status: str = "state") -> dict[str, Any]:
    ring = [[west, 40.0], [west, 42.0], [west + 3, 42.0], [west + 3, 40.0], [west, 40.0]]
    properties = {"iso3": code or None, "name": STATES.get(code, ""), "status": status}
    geometry = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": properties, "geometry": geometry}


def _briefing(**parts: Any) -> Briefing:
    lists = "sections situation changes threats options commitments events observations series ledger"
    empty: dict[str, Any] = dict.fromkeys(f"{lists} unknowns method sources".split(), ())
    head: dict[str, Any] = {
        "profile": "prevention",
        "region": "specimen",
        "region_title": "An invented basin",
        "issue": 1,
        "as_of": AS_OF,
        "written_on": AS_OF,
        "status": Clearance.DRAFT,
        "cleared_by": "",
        "audience": Marking.INTERNAL,
        "seed": 1,
        "members": 1000,
        "steps": 36,
        "state_names": STATES,
        "last_observation": None,
    }
    return Briefing(**{**head, **empty, **parts})


def _threat(id: str, level: Level, probability: float | None, **more: Any) -> Threat:
    parts: dict[str, Any] = {
        "title": f"Water below the floor at {id}",
        "items": (f"water:{id}",),
        "states": ("XCC", "XAA"),
        "window": (date(2030, 4, 21), date(2030, 5, 10)),
        "lead_days": 20,
        "severity": (_severity("XAA"), _severity("XCC")),
        "why": ("the store starts low", "inflow below norm"),
        "evidence": (INVENTED,),
        "confidence_shares": {"estimated": 0.6, "published": 0.4},
        "track_record": "base rate, no forecast skill",
        "basis": "simulation",
        "addressee": "the water commission",
    }
    return Threat(f"water:{id}", "water", "floor", level=level, probability=probability, **(parts | more))


def _severity(state: str) -> Severity:
    return Severity(state, 1234.5, "mcm", "limit of the growing season", 900.0, 1500.0, 0.21, 2.5e6)


def _threats() -> tuple[Threat, ...]:
    bare: dict[str, Any] = {
        "window": None,
        "lead_days": None,
        "severity": (),
        "why": (),
        "confidence_shares": {},
    }
    assessed = {"origin": Origin.ASSESSED, "assessed_by": "B. Analyst", "assessment": "seen in the field."}
    return (
        _threat(
            "upper", Level.EXISTING, None, **assessed, computed_level=Level.POTENTIAL, options=("release",)
        ),
        _threat(
            "gauge",
            Level.POTENTIAL,
            0.72,
            confidence_shares={"recalled": 0.7, "published": 0.3},
            upstream=("XBB",),
        ),
        _threat("lake", Level.WATCH, 0.004, states=(), addressee="", **bare),
    )


def _series() -> tuple[Series, ...]:
    drawn = (_fan(), _served(), _contested(), *counted())
    return (*drawn, *_aims(), *_integration(), *_partnerships(), *_record())


def _options() -> tuple[Option, ...]:
    def option(id: str, standing: Standing) -> Option:
        return Option(
            id, f"Joint step {id}", "exchange", standing, "XBB", ("XCC", "XAA"), (), evidence=(INVENTED,)
        )

    release = replace(
        option("release", Standing.UNDER_NEGOTIATION),
        agreements=("Protocol on the lake (2029)",),
        cost_low_usd=1e6,
        cost_high_usd=4e6,
        lead_months=3.0,
        goals=(6, 7),
        threats=(ThreatEffect("upper", 0.6, 0.3, -0.34, -0.26),),
        states=(_state_effect("XAA", -3e6), _state_effect("XCC", 5e6)),
        coalition=("XAA", "XCC"),
        shares={"XAA": 1e6, "XCC": 1e6},
        compensation={"XAA": 4e6, "XCC": -4e6},
        rules=(_rule("shapley", 1.0), _rule("tau", 0.0)),
        deal=("Together the states would gain 2 million US dollars.",),
    )
    both = replace(release, id="release+study", title="Both joint steps", kind="pair")
    study = replace(option("study", Standing.ANALYTICAL), not_valued="nothing flows otherwise")
    return (release, study, replace(both, parts=("release", "study"), standing=Standing.ANALYTICAL))


def _rule(name: str, answered: float) -> RuleGain:
    gain = (0.5e6, 1e6, 1.5e6)
    return RuleGain(name, answered, answered, {"XAA": gain, "XCC": gain} if answered else {})


def _state_effect(state: str, usd: float) -> StateEffect:
    half, none = (0.5 * usd, usd, 1.5 * usd), (0.0, 0.0, 0.0)
    return StateEffect(
        state, (0.1, 0.2, 0.4), (-2.0, -1.0, 0.0), none, none, half, min(usd, 0.0), max(usd, 0.0)
    )


def _commitments() -> tuple[Commitment, ...]:
    def promise(status: Status, due: date | None) -> Commitment:
        what = f"Deliver water ({status.value})"
        id = f"promise-{status.name.lower()}"
        plain = Commitment(id, ("XAA",), ("XCC",), what, "flow", 30.0, "m3/s", due, status, (), (INVENTED,))
        return replace(plain, due_known=due.isoformat() if due else "", findings=_findings())

    return (
        replace(promise(Status.SCHEDULED, date(2030, 4, 20)), parent="promise-met"),
        promise(Status.MET, None),
        promise(Status.OVERDUE, None),
    )


def _findings() -> tuple[Finding, ...]:
    period = (date(2030, 1, 1), date(2030, 4, 1))
    return (
        Finding(*period, Kept.SERVED, 31.5, "m3/s", None, "Service: 90 of 90 days observed", (INVENTED,)),
        Finding(*period, Kept.UNTOLD, None, "m3/s", 0.8, "simulated: 1000 members"),
    )


def _events() -> tuple[Event, ...]:
    return (
        Event(
            "meeting", "meeting", "Water commission", ("XCC", "XAA"), "2030-04-12", "", "2030-03-01", INVENTED
        ),
        Event("handover", "handover", "Chair passes on", ("XBB",), "2030-04", "2031-03", "2030-03", INVENTED),
        Event("pact", "agreement", "Agreement on the river", ("XBB", "XAA"), "2012", "", "", INVENTED),
    )


def _observations() -> tuple[Observation, ...]:
    period = (date(2030, 1, 1), date(2030, 1, 11))
    return (
        Observation("gauge", "flow", *period, 310.0, "m3/s", "Upland service", INVENTED),
        Observation("gauge", "flow", *period, None, "m3/s", "Lowland service", INVENTED, Presence.ABSENT),
    )


def _fan() -> Series:
    days = tuple(f"2030-{month:02d}-01" for month in range(4, 13))
    columns: dict[str, tuple[Any, ...]] = {"date": days}
    spread = {"p05": -400, "p25": -150, "p50": 0, "p75": 150, "p95": 400}
    for name, shift in spread.items():
        columns[name] = tuple(2000.0 + 90 * i + shift * (1 + i) / 9 for i in range(9))
    columns["norm"] = tuple(2200.0 + 80 * i for i in range(9))
    columns["observed"] = (2010.0, *(None,) * 8)
    columns["2028-29"] = tuple(2100.0 + 60 * i for i in range(9))
    return Series("fan:upper", "Upper store, volume", "mcm", columns, ("invented",), "estimated")


def _served() -> Series:
    columns = {
        "state": ("XAA", "XBB", "XCC"),
        "perimeter": ("Test River",) * 3,
        "limit_km3": (4.2, 9.6, None),
        "served_km3": (4.0, 7.5, None),
        "low_km3": (3.8, 6.4, None),
        "high_km3": (4.2, 8.8, None),
    }
    return Series("served:season", "Limits of the growing season", "km3", columns, ("invented",), "computed")


def _contested() -> Series:
    columns = {
        "date": tuple(f"2030-01-{day:02d}" for day in (1, 11, 21)),
        "Lowland service": (420.0, 301.0, None),
        "Upland service": (482.0, 484.0, 470.0),
        "implied": (349.0, 342.0, 360.0),
    }
    note = "Nobody measures seepage; Upland reports the release, Lowland the volume."
    return Series(
        "contested:gauge", "Inflow at the middle gauge", "m3/s", columns, ("invented",), "conflicting", note
    )


def _partnerships() -> tuple[Series, ...]:
    row = {"last_verified": ("2030-01",), "rests_on": ("invented (estimated)",)}
    both = ("XAA", "XBB", "XAA", "XBB"), ("trade", "trade", "water", "water")
    themes = dict(zip(("state", "theme"), both, strict=True)) | {"formats": (2, 1, 1, 0)}
    pair = {"state": ("XAA",), "with": ("XBB",), "formats": (1,), "names": ("RT",), "agreements": (0,)}
    told: dict[str, Any] = {
        "state": ("XAA",),
        "kind": ("priority",),
        "themes": ("water",),
        "text": ("Clean water",),
    }
    told |= {"announced": ("2029",), "progress": (None,)} | row
    bound: dict[str, Any] = {
        "themes": ("disarmament",),
        "treaty": ("Treaty",),
        "state": ("XAA",),
        "status": ("party",),
        "signed": (None,),
    }
    bound |= {"ratified": ("1999",)} | row
    given: dict[str, Any] = {
        "state": ("XCC",),
        "actor": ("Flood fund",),
        "theme": ("humanitarian",),
        "amount": (12.0,),
    }
    given |= {"unit_of_amount": ("million USD",), "status": ("pledged",), "date": ("2029",)} | row

    def made(id: str, columns: dict[str, tuple[Any, ...]]) -> Series:
        return Series(id, "Invented partnerships", "formats", columns, ("invented",), "estimated")

    return (
        made("partners:themes", themes | {"names": ("RT, RF", "RT", "RF", "")}),
        made("shared:pairs", pair | {"agreement_names": ("",)}),
        made("stated:priorities", told),
        made("stated:treaties", bound),
        made("stated:support", given),
    )


def _table(id: str, title: str, *rows: dict[str, Any]) -> Series:
    columns = {name: tuple(row[name] for row in rows) for name in rows[0]}
    return Series(id, title, "as in the columns", columns, ("invented",), "computed")


def _aims() -> tuple[Series, ...]:
    statuses = ("on course", "partly", "off course", "not known", "not applicable")
    pairs = zip((*STATES, *STATES), (*statuses, "on course"), strict=True)
    cells = [
        {"goal": 6 + i // 3, "state": state, "status": status, "judged": 2, "on_course": 1}
        for i, (state, status) in enumerate(pairs)
    ]
    index = [{"state": state, "goals": 1, "present": 62.5, "filled": None} for state in STATES]
    programme = {"id": "plan", "title": "An invented programme", "members": "landlocked", "ends": 2034}
    programme |= {"base_year": 2024, "base_year_basis": "not stated; set by us"}
    outcomes = ("met", "likely", "open", "unlikely", "target not known", "nothing measures it", "no figure")
    courses = [
        _course(outcome, probability=0.4 if i in (1, 2, 3) else None) for i, outcome in enumerate(outcomes)
    ]
    shared = {"goal": 6, "states": "XAA|XCC", "judged": 3}
    days = tuple(f"{year}-01-01" for year in range(2024, 2031))
    path = {name: (None, None, *(40.0 + i for i in range(5))) for name in ("p05", "p25", "p50", "p75", "p95")}
    columns = {"date": days, **path, "target": (60.0,) * 7, "observed": (38.0, 39.0, *(None,) * 5)}
    return (
        _table("goals:matrix", "Goals by state", *cells),
        _table("goals:index", "Index", *index),
        _table("goals:shared", "Shared", shared),
        _table("targets:programmes", "Programmes", programme),
        _table("targets:courses", "Targets by state", *courses),
        Series("path:water_XAA", "Safe water", "% of people", columns, ("invented",), "computed"),
    )


def _course(outcome: str, probability: float | None) -> dict[str, Any]:
    rule = {"target not known": "unknown", "met": "reach"}.get(outcome, "multiply")
    about = {"programme": "plan", "target": outcome, "text": f"Safe water ({outcome})", "state": "XAA"}
    figures = {
        "last": 39.0,
        "last_year": 2025,
        "aim": 60.0,
        "deadline": 2034,
        "number": 2.0,
        "starts_from": 2024,
    }
    methods = {"method_disagree": outcome == "open", "method_status": "on track", "method_near": True}
    methods["skilful"] = outcome == "open"
    about |= {"outcome": outcome, "measured_in": "% of people", "rule": rule}
    return {**about, **figures, **methods, "probability": probability, "method_asks": "accelerate"}


def _integration() -> tuple[Series, ...]:
    rests = {"row_sources": "invented", "row_confidence": "estimated"}
    trade = {"measure": "trade among the three", "year_from": 2028, "year_to": 2029, "counting": "not stated"}
    trade |= {"members": "XAA|XBB", "note": "as stated"}
    exact = trade | {"amount": 4200.0, "amount_low": None, "amount_high": None, "row_unit": "million USD"}
    spread = trade | {"amount": None, "amount_low": 4.0, "amount_high": 9.0, "row_unit": "percent"}
    undated = exact | {"year_from": None, "year_to": None}
    logistics = [{"state": state, "edition": 2028, "score": 2.5, **rests} for state in STATES]
    index = {"group": "Test Continent", "year": 2028, "overall": 0.52, **rests}
    return (
        _table("integration:trade", "Trade", exact | rests, spread | rests, undated | rests),
        _table("integration:logistics", "Logistics", *logistics),
        _table("integration:integration_index", "Index", index),
    )


def _record() -> tuple[Series, ...]:
    """A meeting, events, a promise, pairs and themes as the press tells them, known and not known."""
    quoted: dict[str, Any] = {
        "quote": "A met B.",
        "title": "A and B",
        "publisher": "An agency",
        "precision": 0.9,
    }
    quoted |= {"published": "2030-03-01", "document": "d", "start": 0, "end": 8, "rule": "r", "record": "x"}
    quoted |= {"anchor": "words-d-0", "corrected": "day: read as 2030-03-02, put right to 2030-03-01 by A."}
    meeting: dict[str, Any] = {
        "day": "2030-03-01",
        "day_is": "stated",
        "kind": "meeting",
        "mode": "held",
        "parties": "A; B",
    }
    meeting |= {"place": "Test City", "place_is": "inferred", "reports": 2, **quoted}
    bare = meeting | {"day": "", "day_is": "missing", "place": "", "publisher": "", "precision": None}
    promise = {
        "by": "XAA",
        "to": "XBB|XCC",
        "kind": "agreed",
        "amount": 5e6,
        "amount_unit": "USD",
        "due": "2031-12-31",
    }
    vague = promise | {"by": "", "to": "", "amount": None, "due": ""}
    passage: dict[str, Any] = {"document": "d", "title": "A and B", "publisher": "An agency", "url": ""}
    passage |= {"published": "2030-03-01", "licence": "", "whole": False, "start": 0, "end": 8}
    passage |= {"text": "A met B.", "marks": "2:5", "anchors": "0"}
    whole = passage | {
        "document": "e",
        "publisher": "",
        "url": "https://example.org/e",
        "licence": "CC0",
        "whole": True,
    }
    announced = {"by": "XAA|XBB", "kind": "initiative", "themes": "water|climate"}
    pairs = [{"one": "XAA", "other": "XBB", "last": "2029-01-01", "days": 455}]
    pairs += [{"one": "XAA", "other": "XCC", "last": "", "days": None}]
    theme = {"month": "2030-03", "publisher": "An agency", "theme": "water", "documents": 3, "share": 0.6}
    return (
        _table("press:meetings", "Meetings", meeting, bare),
        _table("press:events", "Events", {"type": "CONSULT", "mode": "held", "events": 2, "reports": 5}),
        _table("press:promises", "Promises", promise | quoted, vague | quoted),
        _table("press:announcements", "Announced", announced | quoted, announced | {"themes": ""} | quoted),
        _table("press:passages", "Passages", passage, whole),
        _table("press:pairs", "Pairs", *pairs),
        _table("press:themes", "Themes", theme),
    )


def _ledger() -> tuple[LedgerLine, ...]:
    return (
        LedgerLine("stores", Presence.PRESENT, 12, {"published": 9, "estimated": 3}, "curves are estimated"),
        LedgerLine("groundwater", Presence.NOT_MODELLED, 0, {}, ""),
        LedgerLine("snow", Presence.ABSENT, 0, {}, "no station reports"),
    )
