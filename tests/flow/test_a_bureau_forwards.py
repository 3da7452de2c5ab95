# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""A bureau passes an announced case on to the members of its team: to each by
that member's own rules, with the issuer's signature, never one common payload,
and to nobody unless it was told to."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import PERSON, Canton, avs_number  # noqa: E402
from statements import (consent, dossier, line, settle,  # noqa: E402
                        today, verdicts, withdrawal)

BUREAU = "ge.bureau"


def person(index):
    return {**PERSON, "avs": avs_number(index)}


def admission(pair, who):
    return line("admission-cas",
                {"admission": {"teamPair": pair, "admittedOn": today(),
                               "admittedBy": "coordinatrice"}}, person=who)


class Forwarding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton(competent=False))
        cls.orp = cls.canton.add("ge.orp")
        cls.bureau = cls.canton.add(BUREAU, forwards=["annonce-cii"])
        cls.hg = cls.canton.add("ge.as.hg")
        cls.oai = cls.canton.add("ge.oai")
        cls.all = (cls.orp, cls.bureau, cls.hg, cls.oai)
        cls.canton.introduce()
        for office in cls.all:
            office.start()
        for office in cls.all:
            for other in cls.all:
                if other is not office:
                    office.wait_link(other.name)

    def consents(self, who, ref):
        narrow = "identity plan"
        return [consent("ge.orp", f"ge.orp {BUREAU}", ref=ref, person=who),
                consent("ge.orp", f"{BUREAU} ge.as.hg", ref=ref, person=who,
                        opens=narrow),
                consent("ge.orp", f"{BUREAU} ge.oai", ref=ref, person=who)]

    def announce(self, who, ref):
        dossier(self.orp, [BUREAU], person=who)
        self.orp.send_lines(self.consents(who, ref))
        sent = self.orp.send_lines([line(
            "annonce-cii", {"contact": {"phone": "+41 22 000 00 00"},
                            "plan": {"goal": "stabilisation"},
                            "employability": {"withoutWork": "yes"}},
            person=who)])[0]
        settle(*self.all)
        return sent

    def announced_at(self, office, who):
        return [row for row in office.arrived("--avs", who["avs"])
                if row["type"] == "annonce-cii"]

    def test_each_member_gets_its_own_when_a_human_has_admitted_the_case(self):
        who = person(1)
        sent = self.announce(who, "C-1")
        self.assertEqual(len(self.announced_at(self.bureau, who)), 1)
        self.assertEqual(self.announced_at(self.hg, who), [],
                         "nobody has admitted the case yet")

        self.bureau.send_lines([admission(f"{BUREAU} ge.as.hg", who),
                                admission(f"{BUREAU} ge.oai", who)])
        settle(*self.all)

        narrow, = self.announced_at(self.hg, who)
        wide, = self.announced_at(self.oai, who)
        for came in (narrow, wide):
            self.assertEqual((came["id"], came["issuer"], came["discloser"]),
                             (sent["id"], "ge.orp", BUREAU))
        self.assertNotIn("contact", narrow)
        self.assertNotIn("employability", narrow)
        self.assertEqual(wide["contact"]["phone"], "+41 22 000 00 00")
        for partner in ("ge.as.hg", "ge.oai"):
            last = verdicts(self.bureau, sent["id"], partner)[-1]
            self.assertEqual((last["verdict"], last["rule"]),
                             ("transmit", "R57b"))

        # a withdrawal reaches those to whom it was passed on
        self.orp.send_lines([withdrawal("C-1", who)])
        settle(*self.all)
        self.assertEqual(self.announced_at(self.hg, who), [])
        self.assertEqual(self.announced_at(self.oai, who), [])
        self.assertEqual(self.announced_at(self.bureau, who), [])

    def test_what_is_not_in_its_list_stays_with_the_bureau(self):
        who = person(2)
        self.announce(who, "C-2")
        self.bureau.send_lines([admission(f"{BUREAU} ge.as.hg", who),
                                admission(f"{BUREAU} ge.oai", who)])
        settle(*self.all)
        # the minutes of a meeting are told to the team one by one
        minutes = self.bureau.send_lines([line(
            "compte-rendu", {"plan": {"goal": "stabilisation",
                                      "nextStep": "reseau"},
                             "contact": {"phone": "+41 22 111 11 11"}},
            person=who)])[0]
        settle(*self.all)
        self.assertEqual({v["partner"]: (v["verdict"], v.get("rule"))
                          for v in minutes["verdicts"]},
                         {"ge.as.hg": ("transmit", "R57"),
                          "ge.oai": ("transmit", "R57")})
        came = [row for row in self.oai.arrived("--avs", who["avs"])
                if row["type"] == "compte-rendu"]
        self.assertEqual([row["discloser"] for row in came], [BUREAU])

    def test_without_consent_of_a_pair_nothing_goes_to_it(self):
        who = person(3)
        dossier(self.orp, [BUREAU], person=who)
        self.orp.send_lines(self.consents(who, "C-3")[:2])
        self.orp.send_lines([line("annonce-cii",
                                  {"plan": {"goal": "emploi"}}, person=who)])
        settle(*self.all)
        self.bureau.send_lines([admission(f"{BUREAU} ge.as.hg", who),
                                admission(f"{BUREAU} ge.oai", who)])
        settle(*self.all)
        self.assertEqual(len(self.announced_at(self.hg, who)), 1)
        self.assertEqual(self.announced_at(self.oai, who), [])


if __name__ == "__main__":
    unittest.main()
