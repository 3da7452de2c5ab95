#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""No AVS number and no name stands in clear in the store, its log, the run
folder, the daemon's log or the journal of `cii`: what was sent, received, asked,
mistyped and refused is searched for byte by byte.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import re
import stat
import unittest

from institutions import Canton, avs_number

PERSON = {"avs": avs_number(190_317_845), "officialName": "Zwyssigkanari",
          "firstName": "Eusebiakanari", "originalName": "Vonkanari",
          "dateOfBirth": "1971-06-23"}
LOCAL = {"localPersonIdCategory": "CH.KANARI", "localPersonId": "K-4471902",
         "officialName": "Quastelkanari", "firstName": "Ottokanari",
         "dateOfBirth": "1968"}
CONTACT = {"phone": "+41 79 471 19 02", "email": "zwyssig@kanari.example",
           "counsellor": "Gfellerkanari"}
CASE = "GE-VISIBLE-4711"  # the offices' reference, which may be seen


def dotted(avs):
    return f"{avs[:3]}.{avs[3:7]}.{avs[7:11]}.{avs[11:]}"


def wrong(avs):
    return avs[:-1] + str((int(avs[-1]) + 1) % 10)


def forms_of(avs):
    """An AVS number as it could be written, also as a number of SQLite."""
    number = int(avs)
    return [avs, dotted(avs), avs[3:12],
            number.to_bytes(6, "big"), number.to_bytes(8, "little")]


def canaries():
    words = []
    for avs in (PERSON["avs"], wrong(PERSON["avs"])):
        words += forms_of(avs)
    for value in (PERSON["officialName"], PERSON["firstName"],
                  PERSON["originalName"], LOCAL["officialName"],
                  LOCAL["firstName"], LOCAL["localPersonId"],
                  *CONTACT.values()):
        words += [value, value.encode("utf-16-le")]
    return [w if isinstance(w, bytes) else w.encode() for w in words]


def pattern(words):
    return re.compile(b"|".join(map(re.escape, words)), re.I)


def files_of(*folders):
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if stat.S_ISREG(path.lstat().st_mode):
                yield path


class NothingInClear(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        # everything that a log can say
        cls.orp, cls.cch, cls.hg = cls.canton.open(
            "ge.orp", "ge.cch", "ge.as.hg", log_level=7)
        cls.offices = (cls.orp, cls.cch, cls.hg)

    def live(self):
        """What an office does with persons in a day, mistakes included."""
        orp, cch = self.orp, self.cch
        dates = {"from": "2026-01-05"}
        orp.cii("dossier", "open", "--avs", PERSON["avs"], "--case", CASE,
                "--concerned", "ge.cch", "--officialName",
                PERSON["officialName"], "--firstName", PERSON["firstName"])
        event = orp.send("inscription-orp", to=["ge.cch", "ge.as.hg"],
                         identity=PERSON, dates=dates, contact=CONTACT,
                         case=CASE)["id"]
        orp.send("inscription-orp", to=["ge.cch"], identity=LOCAL, dates=dates)
        for identity in ({**PERSON, "avs": wrong(PERSON["avs"])},
                         {**PERSON, "dateOfBirth": PERSON["officialName"]},
                         {**PERSON, PERSON["officialName"]: "x"},
                         {"officialName": PERSON["officialName"]}):
            orp.send("inscription-orp", identity=identity, dates=dates,
                     check=False)
        orp.send("inscription-orp", identity=PERSON, dates=dates,
                 case=PERSON["avs"], check=False)
        orp.wait_drained("ge.cch")
        for office in (orp, cch):
            for words in (("query", "--avs", PERSON["avs"]),
                          ("query", "--avs", wrong(PERSON["avs"])),
                          ("query", "--name", f"{PERSON['officialName']} "
                                              f"{PERSON['firstName']}"),
                          ("query", "--local-id", "CH.KANARI:K-4471902"),
                          ("query", "--case", PERSON["avs"]),
                          ("query", "--type", PERSON["officialName"]),
                          ("show", event), ("explain", event),
                          ("match", "list"), ("dossier", "list"),
                          ("dossier", "concern", "--avs", PERSON["avs"],
                           "--add", "ge.cch")):
                office.cii(*words, check=False)
        cch.send("fin-de-droits", to=["ge.orp"], identity=PERSON,
                 entitlement={"cause": "quota"})
        cch.wait_drained("ge.orp")
        self.assertEqual(cch.arrived("--avs", PERSON["avs"])[0]["contact"],
                         CONTACT)

    def expect_nothing(self, when):
        words = pattern(canaries())
        visible = 0
        for office in self.offices:
            folders = (office.folder / "state", office.run_dir)
            paths = [*files_of(*folders), office.log,
                     *office.folder.glob("journal*")]
            self.assertGreaterEqual(len(paths), 2)
            for path in paths:
                data = path.read_bytes()
                found = words.search(data)
                self.assertIsNone(found, f"{when}: {path.name} of "
                                         f"{office.name} holds {found}")
                visible += data.count(CASE.encode())
        self.assertGreater(visible, 0, "the search finds nothing at all")

    def test_nothing_stands_in_clear(self):
        self.live()
        self.expect_nothing("at work")
        for office in self.offices:
            office.kill()
        self.expect_nothing("after kill -9")
        for office in self.offices:
            office.start()
            office.cii("verify", role="administrator")
            office.stop()
        self.expect_nothing("after a clean stop")

    def test_what_is_searched_for_would_be_found(self):
        words = pattern(canaries())
        for avs in (PERSON["avs"], dotted(PERSON["avs"])):
            self.assertTrue(words.search(b"..." + avs.encode()))
        self.assertTrue(words.search(
            b"\0" + int(PERSON["avs"]).to_bytes(6, "big")))
        self.assertTrue(words.search(b"ZWYSSIGKANARI"))

    def test_the_folders_are_closed_to_others(self):
        for office in self.offices:
            state = office.folder / "state"
            self.assertEqual(state.stat().st_mode & 0o077, 0)
            for path in files_of(state):
                self.assertEqual(path.stat().st_mode & 0o077, 0, path.name)


if __name__ == "__main__":
    unittest.main()
