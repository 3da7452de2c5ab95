#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""The law is applied before anything leaves and again where it arrives: what a
rule does not open stays behind, what is refused leaves no trace at the partner,
and a receiver with stricter rules refuses, keeps no content and says why.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import re
import shutil
import unittest

from institutions import CONFIG, PERSON, Canton, avs_number, wait_until

DATES = {"from": "2026-01-05"}


def rules_of(canton, name, *changes):
    """A folder of rules of its own: (file, before, after) each."""
    folder = canton.folder / f"rules-{name}"
    if not folder.exists():
        shutil.copytree(CONFIG / "rules", folder)
    for file, before, after in changes:
        path = folder / file
        text = path.read_text()
        assert text.count(before) == 1, (file, before, text.count(before))
        path.write_text(text.replace(before, after))
    return str(folder)


def rule_text(file, rule):
    """How a rule of a file is written."""
    text = (CONFIG / "rules" / file).read_text()
    return re.search(rf"^  - id: {rule}$.*?(?=^  - id: |\Z)", text,
                     re.M | re.S)[0]


R00 = rule_text("federal/laci.yaml", "R00")
CHECKED = R00.replace("    lane:", "    checked_by: a jurist\n"
                      "    checked_on: 2026-01-01\n    lane:", 1)
NARROW = re.sub(r"facets: \[.*?\]", "facets: [identity, dates]", R00,
                flags=re.S)


def verdict_of(row, partner):
    return next(v for v in row["verdicts"] if v["partner"] == partner)


def receipts(office, event, partner):
    return {row["state"]: row.get("reason", "")
            for row in office.ask("show", event)
            if row["kind"] == "receipt" and row["partner"] == partner}


class BeforeItLeaves(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.cch, cls.oai, cls.hg = cls.canton.open(
            "ge.orp", "ge.cch", "ge.oai", "ge.as.hg")

    def test_facets_that_the_rule_does_not_open_stay_behind(self):
        decision = {"touches": "ac", "copy": "Decision du 2026-01-05",
                    "withoutMedicalReasons": "yes"}
        row = self.oai.send(
            "decision-ai", to=["ge.cch"], identity=PERSON,
            outcome={"disposition": "refus"}, decision=decision,
            dates={"decidedOn": "2026-01-05"}, state={"procedure": "clos"},
            function={"workCapacity": "80", "limits": "nuit bruit"})
        verdict = verdict_of(row, "ge.cch")
        self.assertEqual((verdict["verdict"], verdict["rule"],
                          verdict["lane"]), ("transmit", "R16", "duty"))
        self.assertEqual(set(verdict["facets"].split()),
                         {"identity", "outcome", "decision", "dates"})
        self.assertEqual(set(verdict["withheld"].split()),
                         {"state", "function"})

        self.oai.wait_drained("ge.cch")
        came = next(event for event in self.cch.arrived()
                    if event["id"] == row["id"])
        self.assertEqual(came["decision"], decision)
        self.assertEqual(came["identity"]["officialName"], "Exemple")
        self.assertNotIn("state", came)
        self.assertNotIn("function", came)
        shown = self.cch.cii("show", row["id"]).stdout
        self.assertNotIn("workCapacity", shown)
        self.assertNotIn("procedure", shown)
        # at home it is whole
        ours = next(event for event in self.oai.events()
                    if event["id"] == row["id"])
        self.assertEqual(ours["function"]["limits"], "nuit bruit")

    def test_a_refusal_leaves_nothing_at_the_partner(self):
        row = self.orp.send("inscription-orp", to=["ge.as.hg", "ge.cch"],
                            identity={**PERSON, "avs": avs_number(3)},
                            dates=DATES)
        verdict = verdict_of(row, "ge.as.hg")
        self.assertEqual((verdict["verdict"], verdict["rule"]),
                         ("refuse", "R01"))
        for need in ("consent-express", "client-attested", "reciprocity"):
            self.assertIn(need, verdict["missing"])
        self.orp.wait_drained("ge.cch")
        self.assertTrue(self.cch.arrived("--avs", avs_number(3)))

        self.assertEqual(self.orp.link("ge.as.hg")["head"], "0",
                         "not even a place in its stream")
        self.assertEqual(self.hg.arrived(), [])
        self.assertEqual(self.hg.ask("refusal", "list"), [])
        self.assertEqual(self.hg.ask("status")[0]["persons"], "0")
        self.assertNotIn(row["id"], self.hg.log_text())
        self.assertEqual(receipts(self.orp, row["id"], "ge.as.hg"), {})

    def test_what_no_rule_names_is_refused(self):
        row = self.orp.send("fin-de-droits", to=["ge.oai"], identity=PERSON,
                            entitlement={"cause": "quota"})
        verdict = verdict_of(row, "ge.oai")
        self.assertEqual(verdict["verdict"], "refuse")
        self.assertEqual(verdict.get("rule", ""), "")
        self.assertIn("no rule", verdict["missing"].lower())

    def test_a_predicate_that_is_not_true_keeps_it_here(self):
        """R16 needs that the decision touches the fund; true by its text."""
        row = self.oai.send("decision-ai", to=["ge.cch"], identity=PERSON,
                            outcome={"disposition": "refus"}, case="AS-ONLY",
                            decision={"touches": "as"})
        verdict = verdict_of(row, "ge.cch")
        self.assertEqual(verdict["verdict"], "refuse")
        self.assertIn("decision-touches-receiver", verdict["missing"])
        self.assertIn("decision.touches", verdict["missing"],
                      "it names the remedy")
        self.assertEqual(self.cch.arrived("--case", "AS-ONLY"), [])

    def test_a_dry_run_tells_and_does_nothing(self):
        before = self.orp.ask("status")[0]
        done = self.orp.cii("send", "inscription-orp", "--avs", avs_number(9),
                            "--on", "2026-01-05", "--from", "2026-01-05",
                            "--to", "ge.cch", "--test", "--dry-run")
        self.assertIn("nothing was", done.stdout)
        self.assertIn("transmit", done.stdout)
        after = self.orp.ask("status")[0]
        for figure in ("issued", "persons"):
            self.assertEqual(before[figure], after[figure])
        self.assertEqual(self.orp.events("--avs", avs_number(9)), [])


class NobodyIsConcerned(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton(competent=False))
        cls.orp, cls.cch = cls.canton.open("ge.orp", "ge.cch")

    def test_so_it_goes_nowhere(self):
        row = self.orp.send("inscription-orp", dates=DATES,
                            identity={**PERSON, "avs": avs_number(4)})
        self.assertEqual(row.get("verdicts", []), [])
        self.assertEqual(self.cch.arrived("--avs", avs_number(4)), [])

    def test_naming_a_partner_makes_it_concerned_of_nobody(self):
        row = self.orp.send("inscription-orp", dates=DATES, to=["ge.cch"],
                            identity={**PERSON, "avs": avs_number(5)})
        verdict = verdict_of(row, "ge.cch")
        self.assertEqual(verdict["verdict"], "refuse")
        self.assertIn("not concerned", verdict["missing"])
        self.assertEqual(self.orp.link("ge.cch")["head"], "0")


class WhereItArrives(unittest.TestCase):
    """The sender's rules allow it, the receiver's do not."""

    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        for name in ("ge.orp", "ge.cch", "ge.lmmt"):
            cls.canton.add(name)
        cls.orp, cls.cch, cls.lmmt = cls.canton.offices.values()
        law = "federal/laci.yaml"
        cls.cch.write_config(rules=rules_of(cls.canton, "without",
                                            (law, R00, "")))
        cls.lmmt.write_config(rules=rules_of(cls.canton, "narrow",
                                             (law, R00, NARROW)))
        cls.canton.introduce()
        for office in cls.canton.offices.values():
            office.start(wait=False)
        for office in cls.canton.offices.values():
            office.wait_ready()
        cls.orp.wait_link("ge.cch")
        cls.orp.wait_link("ge.lmmt")

    def expect_refused(self, office, reason, **facets):
        row = self.orp.send("inscription-orp", to=[office.name],
                            identity=PERSON, dates=DATES, **facets)
        self.assertEqual(verdict_of(row, office.name)["verdict"], "transmit",
                         "by the sender's rules")
        self.orp.wait_drained(office.name)

        # at the receiver: that it came and why it was refused, no content
        refused = next(r for r in office.ask("refusal", "list")
                       if r["id"] == row["id"])
        self.assertEqual(refused["reason"], reason)
        self.assertEqual(refused["discloser"], "ge.orp")
        shown = office.ask("show", row["id"])
        self.assertEqual({r["kind"] for r in shown}, {"refusal"})
        page = office.cii("show", row["id"], check=False)
        self.assertEqual(page.returncode, 0, page.stderr)
        self.assertIn(reason, page.stdout)
        self.assertNotIn(row["id"], {r["id"] for r in office.events()})

        # at the sender: a receipt that says so
        found = {}

        def receipt():
            found.update(receipts(self.orp, row["id"], office.name))
            return "refused" in found
        wait_until(receipt, what="the receipt")
        self.assertEqual(found["refused"], reason)
        self.assertNotIn("accepted", found)
        self.assertIn(reason, self.orp.cii("show", row["id"]).stdout)
        return row

    def test_what_its_rules_do_not_know_is_refused(self):
        self.expect_refused(self.cch, "no-rule")
        self.assertEqual(self.cch.ask("status")[0]["persons"], "0",
                         "of a refused event no person is kept")
        self.assertEqual(self.cch.events("--avs", PERSON["avs"]), [])

    def test_facets_wider_than_its_rule_are_refused_whole(self):
        self.expect_refused(self.lmmt, "wider-than-rule",
                            contact={"phone": "+41 22 000 00 00"})
        # and what keeps within it is accepted
        row = self.orp.send("inscription-orp", to=["ge.lmmt"], case="NARROW",
                            identity=PERSON, dates=DATES)
        self.orp.wait_drained("ge.lmmt")
        self.assertEqual(len(self.lmmt.arrived("--case", "NARROW")), 1)
        self.assertIn("stored", receipts(self.orp, row["id"], "ge.lmmt"))


class InProduction(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        for name in ("ge.orp", "ge.cch"):
            cls.canton.add(name, profile="production")
        cls.canton.add("ge.lmmt")  # a pilot among them
        cls.orp, cls.cch, cls.pilot = cls.canton.offices.values()
        cls.canton.introduce()
        for office in cls.canton.offices.values():
            office.start(wait=False)
        for office in cls.canton.offices.values():
            office.wait_ready()
        cls.orp.wait_link("ge.cch")
        cls.cch.wait_link("ge.lmmt")

    def send(self, office=None, **changes):
        return (office or self.orp).send(
            "inscription-orp", **{"to": ["ge.cch"], "test": False,
                                  "identity": PERSON, "dates": DATES,
                                  **changes})

    def test_a_rule_that_nobody_has_checked_gives_hold(self):
        row = self.send(case="HOLD")
        verdict = verdict_of(row, "ge.cch")
        self.assertEqual((verdict["verdict"], verdict["rule"]),
                         ("hold", "R00"))
        self.assertIn("R00", verdict["missing"])
        self.assertEqual(self.cch.arrived("--case", "HOLD"), [])
        self.assertEqual(receipts(self.orp, row["id"], "ge.cch"), {})

    def test_once_it_is_checked_it_goes(self):
        checked = rules_of(self.canton, "checked",
                           ("federal/laci.yaml", R00, CHECKED))
        for office in (self.orp, self.cch):
            office.write_config(rules=checked)
            office.stop()
            office.start()
        try:
            self.orp.wait_link("ge.cch")
            row = self.send(case="CHECKED")
            verdict = verdict_of(row, "ge.cch")
            self.assertEqual(verdict["verdict"], "transmit")
            self.orp.wait_drained("ge.cch")
            came, = self.cch.arrived("--case", "CHECKED")
            self.assertNotIn("test", came)
        finally:
            for office in (self.orp, self.cch):
                office.write_config(rules=str(CONFIG / "rules"))
                office.stop()
                office.start()
            self.orp.wait_link("ge.cch")
            self.cch.wait_link("ge.lmmt")

    def test_test_events_are_refused_at_the_door(self):
        row = self.send(test=True, check=False)
        self.assertEqual((row["result"], row["code"], row["field"]),
                         ("refused", "DENIED", "test"))
        self.assertIn("production", row["text"])

    def test_test_events_of_a_pilot_are_refused_at_arrival(self):
        row = self.send(self.pilot, test=True)
        self.assertEqual(verdict_of(row, "ge.cch")["verdict"], "transmit")
        self.pilot.wait_drained("ge.cch")
        refused = next(r for r in self.cch.ask("refusal", "list")
                       if r["id"] == row["id"])
        self.assertEqual(refused["reason"], "profile")
        self.assertNotIn(row["id"], {r["id"] for r in self.cch.arrived()})

    def test_the_clock_stands_still_for_nobody(self):
        done = self.orp.cii("clock", "--set", "2027-01-01", check=False)
        self.assertEqual(done.returncode, 4)
        self.assertIn("pilot", done.stderr)


if __name__ == "__main__":
    unittest.main()
