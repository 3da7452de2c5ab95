#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: quick
"""What the reader tells of the law, asked of whole daemons: from within its
sandbox it reads letters and a folder of rules, and judges the last days again.
"""
import pathlib
import shutil
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import unittest

from control import FORBIDDEN, OK, Program
from institutions import CONFIG, Canton, avs_number

UNKNOWN, CONFIG_WRONG = 8, 13
AVS = avs_number(5)


class ReaderTellsOfTheLaw(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = Canton()
        cls.addClassCleanup(cls.canton.close)
        cls.orp, cls.cch = cls.canton.open(
            "ge.orp", "ge.cch", letters=str(CONFIG / "letters"))
        cls.orp.wait_link("ge.cch")
        cls.orp.send("fin-de-droits", to="ge.cch", identity={"avs": AVS},
                     entitlement={"cause": "quota"})

    def ask(self, verb, role="auditor", **arguments):
        with Program(self.orp, role) as program:
            program.ask(verb, **arguments)
            return program.answer()

    def changed_rules(self, name):
        folder = self.orp.folder / name
        shutil.copytree(CONFIG / "rules", folder, dirs_exist_ok=True)
        return folder

    def test_lists_are_empty_where_there_is_nothing(self):
        for verb in ("statements", "requests", "tasks"):
            with self.subTest(verb):
                self.assertEqual(self.ask(verb), (OK, "", []))

    def test_each_role_asks_what_is_its_own(self):
        for verb, role in (("tasks", "administrator"), ("letter", "auditor"),
                           ("rules-diff", "counsellor")):
            with self.subTest(verb):
                self.assertEqual(self.ask(verb, role)[0], FORBIDDEN)

    def test_what_is_not_there_is_said(self):
        self.assertEqual(self.ask("consent", ref="K-1")[0], UNKNOWN)
        self.assertEqual(
            self.ask("letter", "counsellor", task=7, lang="it")[0], UNKNOWN)

    def test_the_same_rules_change_nothing(self):
        code, _, rows = self.ask("rules-diff",
                                 rules=self.changed_rules("same"))
        self.assertEqual(code, OK)
        self.assertEqual([row["changed"] for row in rows], ["0"])
        self.assertGreater(int(rows[0]["judged"]), 0)

    def test_without_rules_nothing_goes(self):
        folder = self.changed_rules("none")
        for file in folder.rglob("*.yaml"):
            if file.name not in ("predicates.yaml", "protocol.yaml"):
                file.unlink()
        code, _, rows = self.ask("rules-diff", rules=folder)
        self.assertEqual(code, OK)
        told = [row for row in rows if row.get("type") == "fin-de-droits"]
        self.assertTrue(told)
        self.assertEqual({row["now"] for row in told}, {"refuse"})

    def test_a_folder_that_does_not_load_is_named(self):
        folder = self.changed_rules("wrong")
        (folder / "protocol.yaml").write_text("act: x\nrulez: []\n")
        code, text, _ = self.ask("rules-diff", rules=folder)
        self.assertEqual(code, CONFIG_WRONG)
        self.assertIn("protocol.yaml:2", text)


if __name__ == "__main__":
    unittest.main()
