# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""Rules change while daemons run: all of them or none, what waits goes when it
may, and what would change can be asked beforehand."""

import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import CONFIG, PERSON, Canton, avs_number  # noqa: E402
from statements import (dossier, line, reciprocity,  # noqa: E402
                        registration, settle, verdict_of, verdicts)

SIGNED = '    checked_by: A. Example, legal service\n' \
         '    checked_on: "2026-01-05"\n'
BASIS = """bases:
  - name: releases-secrecy
    kinds: [as]
    citation: an article of the canton
    checked_by: A. Example, legal service
    checked_on: "2026-01-05"
"""


def person(index):
    return {**PERSON, "avs": avs_number(index)}


def edit(path, change):
    path.write_text(change(path.read_text()))


def sign(folder, rule="R00", file="federal/laci.yaml"):
    head = f"  - id: {rule}\n"
    edit(folder / file, lambda text: text.replace(head, head + SIGNED))


def with_rules(office, **settings):
    """The office reads rules of its own, which may be changed."""
    folder = office.folder / "rules"
    shutil.copytree(CONFIG / "rules", folder)
    office.write_config(rules=str(folder), **settings)
    return folder


class Production(unittest.TestCase):
    """What nobody has signed off waits for a human."""

    def setUp(self):
        self.canton = self.enterContext(Canton())
        self.orp, self.cch = (self.canton.add("ge.orp"),
                              self.canton.add("ge.cch"))
        self.rules = with_rules(self.orp, profile="production")
        self.theirs = with_rules(self.cch, profile="production")
        self.canton.introduce()
        for office in (self.orp, self.cch):
            office.start()
        self.orp.wait_link("ge.cch")
        self.cch.wait_link("ge.orp")

    def register(self, index):
        return self.orp.send_lines([registration(person(index),
                                                 test=False)])[0]

    def sign_off(self):
        sign(self.theirs)
        self.cch.cii("rules", "reload")
        sign(self.rules)
        return self.orp.ask("rules", "reload")[0]

    def received(self):
        settle(self.orp, self.cch)
        return [row["id"] for row in self.cch.arrived()]

    def test_what_waits_goes_when_its_rule_is_signed_off(self):
        waits = self.register(1)
        self.assertEqual(verdict_of(waits, "ge.cch")["verdict"], "hold")
        self.assertEqual(self.received(), [])

        row = self.sign_off()
        self.assertGreater(int(row["rules"]), 60)
        self.assertEqual(row["folder"], str(self.rules))
        self.assertEqual(self.received(), [waits["id"]])
        said = verdicts(self.orp, waits["id"], "ge.cch")
        self.assertEqual([(row["verdict"], row["rule"]) for row in said],
                         [("hold", "R00"), ("transmit", "R00")])
        later = self.register(2)
        self.assertEqual(verdict_of(later, "ge.cch")["verdict"], "transmit")

        # and what was signed off may be so no longer
        edit(self.rules / "federal/laci.yaml",
             lambda text: text.replace(SIGNED, ""))
        self.orp.cii("rules", "reload")
        self.assertEqual(verdict_of(self.register(3), "ge.cch")["verdict"],
                         "hold")

    def test_a_bad_file_changes_nothing(self):
        self.sign_off()
        file = self.rules / "federal" / "lai.yaml"
        good = file.read_text()
        number = good[:good.index("lane: release")].count("\n") + 1
        file.write_text(good.replace("lane: release", "lanne: release", 1))
        # the good half of the change is not taken up either
        edit(self.rules / "federal/laci.yaml",
             lambda text: text.replace(SIGNED, ""))

        done = self.orp.cii("rules", "reload", check=False)
        self.assertEqual(done.returncode, 70)
        place = f"lai.yaml:{number}"
        self.assertIn("the old rules stay", done.stderr)
        self.assertIn(place, done.stderr)
        kept, = [text for text in self.orp.log_text().splitlines()
                 if "rules kept" in text]
        self.assertIn(place, kept)
        sent = self.register(1)
        self.assertEqual(verdict_of(sent, "ge.cch")["verdict"], "transmit")
        self.assertEqual(self.received(), [sent["id"]])

        file.write_text(good)
        self.orp.cii("rules", "reload")
        self.assertEqual(verdict_of(self.register(2), "ge.cch")["verdict"],
                         "hold", "the file is good again: all is read")

    def test_only_an_administrator_changes_them(self):
        sign(self.rules)
        for role in ("operator", "counsellor", "auditor"):
            done = self.orp.cii("rules", "reload", role=role, check=False)
            self.assertEqual(done.returncode, 4, role)
        self.assertEqual(verdict_of(self.register(1), "ge.cch")["verdict"],
                         "hold")

    def test_what_would_change_is_told_beforehand(self):
        self.sign_off()
        sent = self.register(1)
        self.received()
        other = self.orp.folder / "other"
        shutil.copytree(self.rules, other)

        same = self.orp.cii("--json", "rules", "diff", "--rules", str(other),
                            check=False)
        self.assertEqual(same.returncode, 0, same.stdout + same.stderr)
        self.assertIn('"changed":"0"', same.stdout)

        edit(other / "federal/laci.yaml",
             lambda text: text.replace(SIGNED, ""))
        done = self.orp.cii("rules", "diff", "--rules", str(other),
                            check=False)
        self.assertEqual(done.returncode, 1)
        rows = self.orp.ask("rules", "diff", "--rules", str(other),
                            check=False)
        row, = [row for row in rows if row["kind"] == "difference"]
        self.assertEqual(
            (row["event"], row["partner"], row["was"], row["now"],
             row["was_rule"], row["now_rule"]),
            (sent["id"], "ge.cch", "transmit", "hold", "R00", "R00"))
        self.assertIn("sign", row["why"])
        self.assertEqual(rows[-1]["changed"], "1")
        # asking changes nothing
        self.assertEqual(verdict_of(self.register(2), "ge.cch")["verdict"],
                         "transmit")

        edit(other / "federal/laci.yaml",
             lambda text: text.replace("lane: ", "lanne: ", 1))
        for folder in (other, self.orp.folder / "nowhere"):
            done = self.orp.cii("rules", "diff", "--rules", str(folder),
                                check=False)
            self.assertNotIn(done.returncode, (0, 1), done.stderr)


class Basis(unittest.TestCase):
    """LAI 68bis al. 3: a canton's law may release social assistance."""

    def setUp(self):
        self.canton = self.enterContext(Canton(competent=False))
        self.oai, self.hg = (self.canton.add("ge.oai"),
                             self.canton.add("ge.as.hg"))
        self.folders = [with_rules(self.hg), with_rules(self.oai)]
        self.canton.introduce()
        for office in (self.oai, self.hg):
            office.start()
        self.oai.wait_link("ge.as.hg")
        self.hg.wait_link("ge.oai")
        self.who = person(1)
        dossier(self.oai, ["ge.as.hg"], person=self.who)
        self.hg.send_lines([reciprocity("ge.oai", "ouverture-as")])
        settle(self.oai, self.hg)
        self.sent = self.oai.send_lines([line("etat-procedure", {
            "state": {"procedure": "evaluation", "purpose": "measure",
                      "earningCapacityUnderAssessment": "yes"}},
            person=self.who)])[0]

    def give(self, canton, basis=BASIS):
        for folder, office in zip(self.folders, (self.hg, self.oai)):
            edit(folder / "cantons" / f"{canton}.yaml",
                 lambda text: text + basis)
            office.cii("rules", "reload")
        settle(self.oai, self.hg)

    def arrived(self):
        return self.hg.arrived("--type", "etat-procedure")

    def test_the_basis_of_a_canton_opens_what_waits_for_it(self):
        said = verdict_of(self.sent, "ge.as.hg")
        self.assertEqual(said["verdict"], "refuse")
        self.assertIn("law-releases-receiver", said["missing"])

        self.give("vs")
        self.assertEqual(self.arrived(), [], "another canton's says nothing")

        self.give("ge")
        came, = self.arrived()
        self.assertEqual(came["id"], self.sent["id"])
        self.assertEqual(verdicts(self.oai, came["id"],
                                  "ge.as.hg")[-1]["rule"], "R18")
        task, = [row for row in self.oai.ask("task", "list")
                 if row["what"] == "inform-after"]
        self.assertEqual(task["rule"], "R18", "the person is told of it")

    def test_it_binds_the_kinds_that_it_names(self):
        self.give("ge", BASIS.replace("[as]", "[migint]"))
        self.assertEqual(self.arrived(), [])


if __name__ == "__main__":
    unittest.main()
