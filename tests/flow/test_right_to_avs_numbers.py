# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""LAVS 153c to 153f: an office that has not shown its right to use AVS numbers
puts none into its events; the local id goes instead."""

import json
import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import Canton, PERSON, avs_number  # noqa: E402
from statements import consent, registration, settle  # noqa: E402


def person(index, **fields):
    return {**PERSON, "avs": avs_number(index), **fields}


def local(index):
    return {"localPersonIdCategory": "GE.ORP", "localPersonId": str(index)}


class TheRight(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.cch = (cls.canton.add("ge.orp", avs_use=None),
                            cls.canton.add("ge.cch"))
        cls.canton.introduce()
        for office in (cls.orp, cls.cch):
            office.start(wait=False)
        cls.orp.wait_ready()
        cls.cch.wait_ready()
        cls.orp.wait_link("ge.cch")
        cls.cch.wait_link("ge.orp")

    def test_a_number_alone_is_refused_and_says_why(self):
        for said in (registration(person(1)),
                     consent("ge.orp", "ge.orp ge.cch", person=person(1))):
            row = self.orp.send_lines([said], check=False)[0]
            self.assertEqual((row["result"], row["code"], row["field"]),
                             ("refused", "DENIED", "identity.avs"))
            for word in ("avs_use", "LAVS 153c", "localPersonId"):
                self.assertIn(word, row["text"])
        done = self.orp.cii("send", "inscription-orp", "--on", "2026-01-05",
                            "--avs", avs_number(1), "--dates.from",
                            "2026-01-05", "--test", check=False)
        self.assertEqual(done.returncode, 4)
        self.assertIn("LAVS 153c", done.stderr)
        dry = self.orp.cii("--json", "send", "-", "--dry-run", check=False,
                           data=json.dumps(registration(person(1))) + "\n")
        self.assertIn("LAVS 153c", dry.stdout)
        self.assertEqual(self.orp.events("--avs", avs_number(1)), [])

    def test_beside_a_local_id_the_number_stays(self):
        sent = self.orp.send_lines([registration(person(2, **local(2)))])[0]
        settle(self.orp, self.cch)
        for office in (self.orp, self.cch):
            row = office.ask("show", sent["id"])[0]
            self.assertNotIn("avs", row["identity"])
            self.assertEqual(row["identity"]["localPersonId"], "2")
            self.assertEqual(row["identity"]["officialName"],
                             PERSON["officialName"])
            self.assertEqual(office.events("--avs", avs_number(2)), [])
        self.assertEqual(
            [row["id"] for row in
             self.cch.events("--local-id", "GE.ORP:2", "--issuer", "ge.orp")],
            [sent["id"]])

    def test_who_has_shown_the_right_uses_it(self):
        sent = self.cch.send_lines([registration(person(3, **local(3)))])[0]
        settle(self.orp, self.cch)
        row = self.orp.ask("show", sent["id"])[0]
        self.assertEqual(row["identity"]["avs"], avs_number(3))
        self.assertEqual(row["identity"]["localPersonId"], "3")


class TheRightIsShown(unittest.TestCase):
    def test_from_the_next_start(self):
        with Canton() as canton:
            use = {"responsible": "responsable NAVS",
                   "announced_on": "2020-01-01",
                   "legal_basis": "LACI 96b let. j"}
            orp, cch = canton.open("ge.orp", "ge.cch", avs_use=None)
            row = orp.send_lines([registration(person(1))], check=False)[0]
            self.assertEqual(row["result"], "refused")
            orp.stop()
            orp.write_config(avs_use=use)
            orp.start()
            orp.wait_link("ge.cch")
            sent = orp.send_lines([registration(person(1))])[0]
            settle(orp, cch)
            self.assertEqual(cch.ask("show", sent["id"])[0]["identity"]["avs"],
                             avs_number(1))


if __name__ == "__main__":
    unittest.main()
