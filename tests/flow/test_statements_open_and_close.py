# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""What statements open, in whatever order they come, and what a withdrawal
closes: here, at the partner, and at whoever the partner passed it on to."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import PERSON, Canton, avs_number, wait_until  # noqa: E402
from statements import (attestation, consent, dossier, line,  # noqa: E402
                        reciprocity, registration, settle, today, verdict_of,
                        verdicts, withdrawal)


def person(index):
    return {**PERSON, "avs": avs_number(index)}


class Statements(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton(competent=False))
        cls.orp, cls.hg, cls.cch = cls.canton.open("ge.orp", "ge.as.hg",
                                                   "ge.cch")
        cls.hg.send_lines([reciprocity("ge.orp", "ouverture-as"),
                           reciprocity("ge.cch", "ouverture-as")])
        cls.orp.send_lines([reciprocity("ge.as.hg")])
        cls.cch.send_lines([reciprocity("ge.as.hg")])
        settle(cls.orp, cls.hg, cls.cch)

    def open(self, who, at=None):
        """A dossier that names the others, and the registration."""
        for office in (self.orp, self.hg, self.cch):
            dossier(office, [o.name for o in (self.orp, self.hg, self.cch)
                             if o is not office], person=who)
        return self.orp.send_lines([registration(who)])[0]

    def seen_at(self, office, who, kind="inscription-orp"):
        return [row for row in office.arrived("--avs", who["avs"])
                if row["type"] == kind]

    def allow(self, who, **fields):
        """Everything that R01 needs."""
        self.orp.send_lines([consent("ge.orp", "ge.orp ge.as.hg",
                                     ref=f"C-{who['avs']}", person=who,
                                     **fields)])
        # the pair's consent goes to the partner with the attestation of ours
        self.orp.send_lines([attestation(["ge.as.hg"], person=who)])
        settle(self.orp, self.hg)
        self.hg.send_lines([attestation(["ge.orp"], person=who)])
        settle(self.orp, self.hg)

    def test_what_was_refused_goes_when_the_statements_have_come(self):
        who = person(1)
        sent = self.open(who)
        self.assertEqual(verdict_of(sent, "ge.as.hg")["verdict"], "refuse")
        self.allow(who)

        came, = self.seen_at(self.hg, who)
        self.assertEqual(came["id"], sent["id"])
        self.assertNotIn("sanction", came, "the rule does not open it")
        self.assertEqual(came["plan"]["goal"], "emploi")
        rows = verdicts(self.orp, sent["id"], "ge.as.hg")
        self.assertEqual(rows[0]["verdict"], "refuse", "both stay on record")
        self.assertEqual((rows[-1]["verdict"], rows[-1]["rule"]),
                         ("transmit", "R01"))

    def test_a_consent_narrows_what_the_rule_opens(self):
        who = person(2)
        self.open(who)
        self.allow(who, opens="identity dates")
        came, = self.seen_at(self.hg, who)
        self.assertIn("dates", came)
        self.assertNotIn("plan", came)

    def test_of_a_line_of_state_only_the_newest_goes(self):
        who = person(3)
        self.open(who)
        self.orp.send_lines([line("desinscription-orp",
                                  {"dates": {"until": today()}}, person=who)])
        self.allow(who)
        self.assertEqual(self.seen_at(self.hg, who), [])
        self.assertEqual(len(self.seen_at(self.hg, who, "desinscription-orp")),
                         1)

    def test_what_was_meant_for_one_goes_to_no_other(self):
        who = person(4)
        dossier(self.orp, ["ge.cch", "ge.as.hg"], person=who)
        sent = self.orp.send_lines([registration(who, to=["ge.cch"])])[0]
        self.allow(who)
        self.assertEqual(self.seen_at(self.hg, who), [])
        self.assertEqual(verdicts(self.orp, sent["id"], "ge.as.hg"), [])
        # a human may decide otherwise
        self.orp.cii("again", sent["id"], "--to", "ge.as.hg")
        settle(self.orp, self.hg)
        self.assertEqual(len(self.seen_at(self.hg, who)), 1)

    def test_a_consent_leaves_with_its_first_use_and_not_before(self):
        who = person(5)
        self.open(who)
        before = len(self.seen_at(self.hg, who, "consentement"))
        outcome = self.orp.send_lines([
            consent("ge.orp", "ge.orp ge.as.hg", ref="C-5", person=who),
            consent("ge.orp", "ge.orp ge.cch", ref="C-5", person=who),
            consent("ge.orp", "ge.cch ge.as.hg", ref="C-5", person=who)])
        settle(self.orp, self.hg)
        self.assertTrue(all(not row.get("verdicts") for row in outcome))
        self.assertEqual(len(self.seen_at(self.hg, who, "consentement")),
                         before)
        self.orp.send_lines([attestation(["ge.as.hg"], person=who)])
        settle(self.orp, self.hg)
        pairs = {row["consent"]["between"]
                 for row in self.seen_at(self.hg, who, "consentement")}
        self.assertEqual(pairs, {"ge.orp ge.as.hg", "ge.cch ge.as.hg"},
                         "its own pairs and no other's")

    def test_a_withdrawal_stops_hides_and_is_answered(self):
        who = person(6)
        self.open(who)
        self.allow(who)
        self.assertEqual(len(self.seen_at(self.hg, who)), 1)
        end, = self.orp.send_lines([withdrawal(f"C-{who['avs']}", who)])
        settle(self.orp, self.hg)

        self.assertEqual(self.seen_at(self.hg, who), [],
                         "what came under it is shown no more")
        later = self.orp.send_lines([line("mesure", {"plan": {"goal": "emploi"}},
                                          person=who)])[0]
        verdict = verdict_of(later, "ge.as.hg")
        self.assertEqual(verdict["verdict"], "refuse")
        self.assertIn("has ended", verdict["missing"])
        self.assertEqual(verdict_of(later, "ge.cch")["verdict"], "transmit")

        def answered():
            return [row for row in self.orp.ask("show", end["id"])
                    if row["kind"] == "receipt" and row["state"] == "accepted"
                    and row["partner"] == "ge.as.hg"]
        wait_until(answered, what="the receipt")
        # the same words again are not taken up
        again = self.orp.send_lines([
            consent("ge.orp", "ge.orp ge.as.hg", ref=f"C-{who['avs']}",
                    person=who)], check=False)[0]
        settle(self.orp, self.hg)
        self.assertEqual((again["result"], again["code"]),
                         ("refused", "DENIED"))
        self.assertEqual(self.seen_at(self.hg, who, "mesure"), [])

    def test_nothing_leaves_after_it_though_it_waited(self):
        """The partner is away: replays are judged again."""
        who = person(7)
        self.open(who)
        self.allow(who)
        self.hg.stop()
        self.orp.wait_link("ge.as.hg", "down")
        waits = self.orp.send_lines([line("mesure",
                                          {"plan": {"goal": "emploi"}},
                                          person=who)])[0]
        self.assertEqual(verdict_of(waits, "ge.as.hg")["verdict"], "transmit")
        self.orp.send_lines([withdrawal(f"C-{who['avs']}", who)])
        self.hg.start()
        self.orp.wait_link("ge.as.hg")
        settle(self.orp, self.hg)
        self.assertEqual(self.seen_at(self.hg, who, "mesure"), [])
        self.assertEqual(self.seen_at(self.hg, who), [])
        self.assertIn("void", [row.get("state") for row
                               in self.orp.ask("show", waits["id"])])

    def test_who_passed_a_consent_on_passes_its_withdrawal_on(self):
        """The fund hears of the consent from social assistance alone."""
        who = person(8)
        dossier(self.orp, ["ge.as.hg"], person=who)
        dossier(self.hg, ["ge.orp", "ge.cch"], person=who)
        self.orp.send_lines([
            consent("ge.orp", "ge.orp ge.as.hg", ref="C-8", person=who),
            consent("ge.orp", "ge.cch ge.as.hg", ref="C-8", person=who),
            attestation(["ge.as.hg"], person=who)])
        settle(self.orp, self.hg)
        self.hg.send_lines([attestation(["ge.cch"], person=who)])
        settle(self.orp, self.hg, self.cch)
        self.assertEqual(len(self.seen_at(self.cch, who, "consentement")), 1)
        self.assertEqual(self.seen_at(self.cch, who,
                                      "consentement")[0]["discloser"],
                         "ge.as.hg")

        self.orp.send_lines([withdrawal("C-8", who)])
        settle(self.orp, self.hg, self.cch)
        self.assertEqual(
            len(self.seen_at(self.cch, who, "retrait-consentement")), 1)
        self.assertEqual(self.seen_at(self.cch, who, "attestation-client"), [])

    def test_the_person_may_withdraw_at_the_other_office(self):
        who = person(9)
        self.open(who)
        self.allow(who)
        self.hg.send_lines([withdrawal(f"C-{who['avs']}", who)])
        settle(self.hg, self.orp)
        later = self.orp.send_lines([line("mesure", {"plan": {"goal": "emploi"}},
                                          person=who)])[0]
        self.assertEqual(verdict_of(later, "ge.as.hg")["verdict"], "refuse")

    def test_a_veto_refuses_and_its_lifting_lets_go(self):
        who = person(10)
        dossier(self.orp, ["ge.cch"], person=who)
        veto, = self.orp.send_lines([line("veto", {"objection": {
            "objectionReason": "interet-prive-preponderant"}}, person=who)])
        sent = self.orp.send_lines([registration(who)])[0]
        self.assertEqual(verdict_of(sent, "ge.cch")["verdict"], "refuse")
        self.assertEqual(self.seen_at(self.cch, who, "veto"), [])
        self.orp.send_lines([line("levee-opposition", {}, person=who,
                                  in_reply_to=veto["id"])])
        settle(self.orp, self.cch)
        self.assertEqual(len(self.seen_at(self.cch, who)), 1)

    def test_statements_outlive_a_kill(self):
        who = person(11)
        self.open(who)
        self.allow(who)
        self.orp.kill()
        self.orp.start()
        self.orp.wait_link("ge.as.hg")
        later = self.orp.send_lines([line("mesure", {"plan": {"goal": "emploi"}},
                                          person=who)])[0]
        self.assertEqual(verdict_of(later, "ge.as.hg")["verdict"], "transmit")
        settle(self.orp, self.hg)
        self.assertEqual(len(self.seen_at(self.hg, who, "mesure")), 1)


class WhatCannotBeStated(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.hg = cls.canton.open("ge.orp", "ge.as.hg")

    def refused(self, office, *lines):
        for row in office.send_lines(list(lines), check=False):
            self.assertEqual(row["result"], "refused", row)
            self.assertIn(row["code"], ("DENIED", "INVALID"), row)
            yield row["text"]

    def test_is_refused_and_says_what_is_wrong(self):
        wrong = {
            "obtained by another": consent("ge.as.hg", "ge.orp ge.as.hg"),
            "in the future": consent("ge.orp", "ge.orp ge.as.hg",
                                     consentOn=today(3)),
            "over": consent("ge.orp", "ge.orp ge.as.hg",
                            consentOn=today(-9), consentUntil=today(-1)),
            "not told of rights": consent("ge.orp", "ge.orp ge.as.hg",
                                          toldOfRights="no"),
            "all facets": consent("ge.orp", "ge.orp ge.as.hg", opens="*"),
            "a facet that is none": consent("ge.orp", "ge.orp ge.as.hg",
                                            opens="identity identy"),
            "a facet denied to everybody": consent(
                "ge.orp", "ge.orp ge.as.hg", opens="identity diagnosis"),
            "one office": consent("ge.orp", "ge.orp"),
            "too long": attestation(["ge.as.hg"], until=200),
            "of a day to come": {**attestation(["ge.as.hg"]),
                                 "on": today(1)},
            "client in the future": attestation(["ge.as.hg"], since=2),
            "a stranger's withdrawal": withdrawal("C-unknown"),
        }
        for what, text in zip(wrong, self.refused(self.orp, *wrong.values())):
            with self.subTest(what):
                self.assertTrue(text)
        self.assertEqual(self.orp.ask("status")[0]["persons"], "0",
                         "nothing of it is kept")

    def test_a_blanket_consent_is_told_all_that_it_lacks(self):
        blanket = consent("ge.orp", "ge.orp ge.as.hg")
        for name in ("purposes", "opens", "consentUntil", "toldOfRights"):
            del blanket["facets"]["consent"][name]
        text = next(self.refused(self.orp, blanket))
        for name in ("purposes", "opens", "consentUntil", "toldOfRights"):
            self.assertIn(name, text)

    def test_a_dry_run_of_a_statement_says_the_same(self):
        said = json.dumps(consent("ge.as.hg", "ge.orp ge.as.hg")) + "\n"
        done = self.orp.cii("--json", "send", "-", "--dry-run", data=said,
                            check=False)
        self.assertIn("obtained", done.stdout)


if __name__ == "__main__":
    unittest.main()
