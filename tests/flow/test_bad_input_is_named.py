#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: quick
"""Bad input is named: the line, the field and what to write instead. That line
stores nothing, the other lines stand, the summary says how many of each, and
the exit status tells a program what to do.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import json
import re
import unittest

from institutions import PERSON, Canton, avs_number

DONE, SOME, USAGE, INPUT, LAW = 0, 1, 2, 3, 4


def good(**changes):
    """A line that is stored; with changes, one that is not."""
    line = {"type": "inscription-orp", "on": "2026-01-05", "test": True,
            "to": ["ge.cch"],
            "facets": {"identity": PERSON, "dates": {"from": "2026-01-05"}}}
    line.update(changes)
    return {key: value for key, value in line.items() if value is not None}


def facets(**changes):
    """The good facets, with fields changed; None leaves a facet out."""
    both = {"identity": PERSON, "dates": {"from": "2026-01-05"}}
    for name, fields in changes.items():
        if fields is None:
            both.pop(name)
        else:
            both[name] = {**both.get(name, {}), **fields}
    return good(facets=both)


# what is wrong, the line, the field that is named, the remedy, the status
CASES = [
    ("AVS number with a wrong check digit",
     facets(identity={"avs": "756.9217.0769.84"}),
     "identity.avs", "check digit", INPUT),
    ("AVS number that is too short",
     facets(identity={"avs": "756.9217.0769"}),
     "identity.avs", "13 digits", INPUT),
    ("unknown event type", good(type="inscription-opr"),
     "type", 'did you mean "inscription-orp"', INPUT),
    ("unknown event type like no other", good(type="zzzzzzzzzzzz"),
     "type", "`cii types` lists them", INPUT),
    ("missing facet", facets(dates=None),
     "dates", "needs the facet dates", INPUT),
    ("foreign facet", facets(certificate={"certifiedOn": "2026-01-05"}),
     "certificate", "inscription-orp cannot hold", INPUT),
    ("unknown facet", facets(langage={"french": "b1"}),
     "langage", 'did you mean "language"', INPUT),
    ("unknown field", facets(identity={"oficialName": "Exemple"}),
     "identity.oficialName", 'did you mean "officialName"', INPUT),
    ("unknown code", facets(entitlement={"cause": "quotaa"}),
     "entitlement.cause", "quota", INPUT),
    ("unknown JSON key", good(facet={"identity": PERSON}),
     "facet", 'did you mean "facets"', INPUT),
    ("JSON key that belongs to a facet", good(avs=PERSON["avs"]),
     "avs", 'stands under "facets"', INPUT),
    ("day of the event that is no date", good(on="2026-02-30"),
     "on", "2026-02-30 is no day", INPUT),
    ("day in a facet that is no date", facets(dates={"from": "5.1.2026"}),
     "dates.from", "YYYY-MM-DD", INPUT),
    ("unknown partner", good(to=["ge.cch.x"]),
     "to", 'did you mean "ge.cch"', INPUT),
    ("unknown kind of institution", good(to=["ge.chc"]),
     "to", "orp, cch, oai", INPUT),
    ("no day", good(on=None), "on", 'needs "on"', INPUT),
    ("nobody", facets(identity={"avs": None}),
     "identity.avs", "leave the field out", INPUT),
    ("no person", good(facets={"identity": {"officialName": "Exemple"},
                               "dates": {"from": "2026-01-05"}}),
     "identity", "localPersonId", INPUT),
    ("id that is none", good(id="0815"), "id", "UUID", INPUT),
    ("AVS number in the case reference", good(case="756.9217.0769.85"),
     "case", "must not hold an AVS number", INPUT),
    ("not JSON", '{"type": "inscription-orp", ', "", "not JSON", INPUT),
    ("key twice", '{"type": "a", "type": "b"}', "type", "leave one out",
     INPUT),
    ("no object", '["inscription-orp"]', "", "in braces", INPUT),
    ("what is denied to everybody", facets(diagnosis={"code": "F32"}),
     "diagnosis", "leave it out", LAW),
    ("real event in a pilot", good(test=False),
     "test", "test-flagged", LAW),
]
# never said back: what is wrong may be somebody's number
SECRETS = ["0769.84", "756.9217", "0815"]


def written(line):
    return line if isinstance(line, str) else json.dumps(line)


class BadInput(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.cch = cls.canton.open("ge.orp", "ge.cch")

    def send(self, *lines, json_rows=False):
        words = ["--json"] if json_rows else []
        text = "".join(written(line) + "\n" for line in lines)
        journal = self.orp.folder / "journal"
        journal.unlink(missing_ok=True)
        return self.orp.cii(*words, "send", "-", "--journal", str(journal),
                            data=text, check=False)

    def figure(self):
        return int(self.orp.ask("status")[0]["issued"])

    def test_each_is_named_with_line_field_and_remedy(self):
        before = self.figure()
        done = self.send(*(case[1] for case in CASES))
        said = dict(re.findall(r"^(cii: line \d+)([,:].*)$", done.stderr, re.M))
        for number, (what, _, field, remedy, _) in enumerate(CASES, 1):
            with self.subTest(what):
                words = said.pop(f"cii: line {number}")
                place = f", {field}: " if field else ": "
                self.assertEqual(words[:len(place)], place)
                self.assertRegex(words, remedy)
        self.assertEqual(said, {}, "the same line twice")
        self.assertIn(f"{len(CASES)} lines: 0 stored, {len(CASES)} refused",
                      done.stderr)
        self.assertEqual(done.returncode, SOME)
        self.assertEqual(self.figure(), before, "a bad line stored something")
        for secret in SECRETS:
            self.assertNotIn(secret, done.stderr + done.stdout)

    def test_a_program_gets_the_same(self):
        done = self.send(*(case[1] for case in CASES), json_rows=True)
        rows = [json.loads(text) for text in done.stdout.splitlines()]
        by_line = {row["line"]: row for row in rows[:-1]}
        self.assertEqual(set(by_line), set(range(1, len(CASES) + 1)))
        for number, (what, _, field, remedy, status) in enumerate(CASES, 1):
            with self.subTest(what):
                row = by_line[number]
                self.assertEqual(row["result"], "refused")
                self.assertEqual(row.get("field", ""), field)
                self.assertRegex(row["text"], remedy)
                self.assertEqual(row["code"] == "DENIED", status == LAW)
        self.assertEqual(rows[-1]["summary"]["refused"], len(CASES))
        self.assertEqual(rows[-1]["summary"]["stored"], 0)

    def test_the_other_lines_stand(self):
        bad = [line for _, line, _, _, status in CASES if status == INPUT]
        lines = []
        for number, line in enumerate(bad):
            lines += [line, good(case=f"STANDS-{number}")]
        count = len(bad)

        done = self.send(*lines)
        self.assertEqual(done.returncode, INPUT)
        self.assertIn(f"{2 * count} lines: {count} stored, {count} refused",
                      done.stderr)
        named = [int(n) for n in re.findall(r"^cii: line (\d+)", done.stderr,
                                            re.M)]
        self.assertEqual(sorted(named), list(range(1, 2 * count, 2)))
        stands = [f"STANDS-{i}" for i in range(count)]
        self.assertEqual(self.cases(self.orp, "STANDS"), stands)
        self.assertEqual(self.cases(self.cch, "STANDS"), stands)

        # corrected, the same command stores what was missing, nothing twice
        lines[0::2] = [good(case=f"FIXED-{i}") for i in range(count)]
        text = "".join(written(line) + "\n" for line in lines)
        again = self.orp.cii("send", "-", "--journal",
                             str(self.orp.folder / "journal"), data=text)
        self.assertIn(f"{count} stored, {count} stored before", again.stderr)
        self.assertEqual(self.cases(self.cch, "STANDS"), stands)
        self.assertEqual(self.cases(self.cch, "FIXED"),
                         [f"FIXED-{i}" for i in range(count)])

    def cases(self, office, prefix):
        self.orp.wait_drained("ge.cch")
        return [row["case"] for row in office.events()
                if row.get("case", "").startswith(prefix)]

    def test_the_status_is_that_of_what_is_wrong(self):
        for status in (INPUT, LAW):
            bad = [case[1] for case in CASES if case[4] == status]
            self.assertEqual(self.send(*bad).returncode, status)
        self.assertEqual(self.send(bad[0], good()).returncode, LAW)
        self.assertEqual(self.send(good()).returncode, DONE)

    def test_one_event_from_flags_is_named_as_well(self):
        flags = ["--avs", PERSON["avs"], "--on", "2026-01-05", "--from",
                 "2026-01-05", "--test"]
        for words, status, said in (
                (["inscription-opr", *flags], INPUT, "inscription-orp"),
                (["inscription-orp", *flags, "--oficialName", "B"], INPUT,
                 "officialName"),
                (["inscription-orp", "--avs", "7569217076984", *flags[2:]],
                 INPUT, "check digit"),
                (["inscription-orp", *flags, "--until", "2026-13-01"], INPUT,
                 "dates.until"),
                (["inscription-orp", *flags[:2], *flags[4:]], USAGE, "--on"),
                (["inscription-orp", *flags, "--to", "ge.chc"], INPUT,
                 "orp, cch, oai"),
                (["inscription-orp", *flags, "--to", "ge.cch.x"], INPUT,
                 "ge.cch"),
                (["inscription-orp", *flags, "--tset"], USAGE, "--test")):
            with self.subTest(words=words):
                done = self.orp.cii("send", *words, check=False)
                self.assertIn(said, done.stderr)
                self.assertNotIn("076984", done.stderr)
                self.assertEqual(done.returncode, status)
                self.assertEqual(done.stdout, "")

    def test_an_identical_event_with_its_id_is_stored_once(self):
        line = good(id="0192d8a4-7c00-7000-8000-00000000abcd",
                    facets={"identity": {**PERSON, "avs": avs_number(5)},
                            "dates": {"from": "2026-01-05"}})
        self.assertEqual(self.send(line).returncode, DONE)
        self.assertIn("1 stored before", self.send(line).stderr)
        other = {**line, "on": "2026-01-06"}
        done = self.send(other)
        self.assertEqual(done.returncode, 6, "it contradicts what is known")
        self.assertIn("id of its own", done.stderr)


if __name__ == "__main__":
    unittest.main()
