# SPDX-License-Identifier: Apache-2.0
"""Statements as offices make them: the lines that `cii send -` takes.

Days are given as YYYY-MM-DD; `today` is the real one, since only a story has
a clock of its own.
"""

import datetime

from institutions import PERSON

CASE = "GE-1"
FACETS = "identity contact dates state outcome entitlement plan employability"


def today(days=0):
    return str(datetime.date.today() + datetime.timedelta(days=days))


def line(kind, facets, case=CASE, person=PERSON, **more):
    facets = {"identity": person, **facets} if person else facets
    return {"type": kind, "on": today(), "test": True, "case": case,
            "facets": facets, **more}


def consent(by, pair, ref="C-1", case=CASE, person=PERSON, **fields):
    facet = {"consentRef": ref, "obtainedBy": by, "between": pair,
             "purposes": "integration", "opens": FACETS, "express": "yes",
             "consentForm": "signe", "consentOn": today(),
             "consentUntil": today(365), "toldOfRights": "yes", **fields}
    return line("consentement", {"consent": facet}, case, person)


def withdrawal(ref="C-1", person=PERSON):
    return line("retrait-consentement",
                {"withdrawal": {"withdrawnRef": ref,
                                "withdrawnOn": today()}}, person=person)


def attestation(to, since=0, until=150, person=PERSON):
    return line("attestation-client",
                {"attestation": {"clientSince": today(since),
                                 "clientUntil": today(until)}},
                person=person, to=to)


def reciprocity(to, sends="inscription-orp"):
    return line("reciprocite",
                {"reciprocity": {"grantedTo": to, "sends": sends,
                                 "reciprocityFrom": today(),
                                 "reciprocityUntil": today(365)}},
                person=None)


def dossier(office, concerned, case=CASE, person=PERSON):
    words = ["dossier", "open", "--avs", person["avs"], "--case", case]
    for name in concerned:
        words += ["--concerned", name]
    office.cii(*words)


def registration(person=PERSON, **more):
    return line("inscription-orp",
                {"dates": {"from": today()}, "plan": {"goal": "emploi"},
                 "sanction": {"sanctionKind": "suspension",
                              "sanctionDays": "5"}}, person=person, **more)


def verdict_of(outcome, partner):
    return next(v for v in outcome["verdicts"] if v["partner"] == partner)


def verdicts(office, event, partner):
    """Those on record, the oldest first."""
    return [row for row in office.ask("explain", event, "--to", partner)
            if row["kind"] == "verdict"]


def settle(*offices):
    """Until everything on its way has arrived, and what follows from it."""
    for _ in range(3):
        for office in offices:
            for other in offices:
                if other is not office and office.link(other.name):
                    office.wait_drained(other.name)
