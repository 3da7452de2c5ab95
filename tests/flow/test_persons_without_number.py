#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: quick
"""A person without an AVS number is known by a local id, a name and a birth
date that may be only a year. Who looks like somebody else is proposed to a
human on both sides, and never made one person.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import unittest

from institutions import Canton, avs_number

NAME = {"officialName": "Tesfay", "firstName": "Selam"}
NUMBERED = {**NAME, "avs": avs_number(7), "dateOfBirth": "1990-03-14"}


def local(id, **fields):
    return {"localPersonIdCategory": "CH.ZEMIS", "localPersonId": id, **NAME,
            **fields}


class WithoutNumber(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.offices = cls.canton.open("ge.orp", "ge.cch")
        cls.orp, cls.cch = cls.offices

    def send(self, identity, check=True, **changes):
        return self.orp.send("inscription-orp", to=["ge.cch"], check=check,
                             identity=identity, dates={"from": "2026-01-05"},
                             **changes)

    def arrived(self, event):
        self.orp.wait_drained("ge.cch")
        return next(row for row in self.cch.arrived() if row["id"] == event)

    def test_a_birth_date_is_as_much_as_is_known(self):
        for number, born in enumerate(("1990", "1990-03", "1990-03-14")):
            with self.subTest(born):
                event = self.send(local(f"date-{number}", firstName=f"A{number}",
                                        dateOfBirth=born))["id"]
                person = self.arrived(event)["identity"]
                self.assertEqual(person["dateOfBirth"], born)
                self.assertEqual(person["localPersonId"], f"date-{number}")
                self.assertEqual(person["localPersonIdCategory"], "CH.ZEMIS")
                self.assertNotIn("avs", person)
        for number, born in enumerate(("90", "1990-13", "1990-02-30",
                                       "14.3.1990", "1990-00-00")):
            with self.subTest(born):
                row = self.send(local(f"wrong-{number}", dateOfBirth=born),
                                check=False)
                self.assertEqual(row["result"], "refused")
                self.assertEqual(row["field"], "identity.dateOfBirth")

    def test_the_local_id_is_the_persons_number_of_its_issuer(self):
        ids = [self.send(local("same", firstName="Idem"), case=f"L{i}")["id"]
               for i in range(2)]
        self.send(local("other", firstName="Alius"))
        self.arrived(ids[1])
        ours = self.orp.events("--local-id", "CH.ZEMIS:same")
        self.assertEqual([row["id"] for row in ours], ids)
        self.assertEqual(len({row["person"] for row in ours}), 1)
        theirs = self.cch.events("--local-id", "CH.ZEMIS:same", "--issuer",
                                 "ge.orp")
        self.assertEqual([row["id"] for row in theirs], ids)
        # the same id from another office is another person
        self.assertEqual(self.cch.events("--local-id", "CH.ZEMIS:same"), [])
        self.assertEqual(self.orp.events("--local-id", "CH.OTHER:same"), [])

    def test_a_name_alone_names_nobody(self):
        row = self.send(NAME, check=False)
        self.assertEqual((row["result"], row["field"]),
                         ("refused", "identity"))
        self.assertIn("localPersonId", row["text"])

    def test_a_dossier_is_opened_without_a_number(self):
        self.orp.cii("dossier", "open", "--local-id", "CH.ZEMIS:dossier",
                     "--officialName", "Dossier", "--dateOfBirth", "1988",
                     "--concerned", "ge.cch")
        row = self.orp.send("inscription-orp",
                            identity=local("dossier", firstName="X"),
                            dates={"from": "2026-01-05"})
        self.assertEqual([v["partner"] for v in row["verdicts"]], ["ge.cch"],
                         "the dossier says whom it concerns")

    def test_who_looks_alike_is_proposed_and_never_made_one(self):
        known = self.send(NUMBERED)["id"]
        same_year = self.send(local("Z-1", dateOfBirth="1990"))["id"]
        other_year = self.send(local("Z-2", dateOfBirth="1991"))["id"]
        accents = self.send(local("Z-3", officialName="TESFÁY"))["id"]
        other_number = self.send({**NUMBERED, "avs": avs_number(8)})["id"]
        self.arrived(other_number)

        for office in self.offices:
            with self.subTest(office.name):
                rows = {row["id"]: row for row in office.events()}
                persons = [rows[i]["person"] for i in
                           (known, same_year, other_year, accents,
                            other_number)]
                self.assertEqual(len(set(persons)), 5, "never made one")
                self.assertEqual(
                    [row["id"] for row in
                     office.events("--avs", NUMBERED["avs"])], [known])

                # the proposal names events, which a human can look at
                said = set(rows[same_year]["proposal"].split())
                self.assertLessEqual({known, accents}, said)
                self.assertNotIn(other_year, said)
                self.assertNotIn(same_year, said)
                self.assertNotIn(
                    other_number,
                    set(rows[known].get("proposal", "").split()),
                    "two AVS numbers are two persons")
                for event in said:
                    office.cii("show", event)

                pairs = {frozenset((row["a"].get("localPersonId", "avs"),
                                    row["b"].get("localPersonId", "avs")))
                         for row in office.ask("match", "list")
                         if row["a"]["officialName"].upper()[:3] == "TES"}
                self.assertIn(frozenset(("avs", "Z-1")), pairs)
                self.assertIn(frozenset(("avs", "Z-3")), pairs)
                self.assertNotIn(frozenset(("avs", "Z-2")), pairs)
                self.assertIn("may be the same person",
                              office.cii("query").stdout)


if __name__ == "__main__":
    unittest.main()
