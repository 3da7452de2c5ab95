#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""`cii` answers what an office asks: why an event went to a partner or did not,
what happens while it happens, which events there are about whom; for people in
tables of 80 columns, for programs one JSON object a line.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import json
import os
import queue
import signal
import subprocess
import threading
import unittest

from institutions import BIN, PERSON, Canton, avs_number, wait_until

DATES = {"from": "2026-01-05"}
LONG = {"avs": avs_number(77), "officialName": "Müller-von Däniken " * 4,
        "firstName": "Anne-Marie Élisabeth Wilhelmine", "dateOfBirth": "1990"}


def watches(office):
    """How many `watch` are on record at the office."""
    rows = office.ask("act", "list", "--limit", "10000", role="auditor")
    return sum(row["verb"] == "watch" for row in rows)


class Watch:
    """`cii watch` in the background; what it shows, row by row."""

    def __init__(self, office, *words, role="operator"):
        before = watches(office)
        self.process = subprocess.Popen(
            [str(BIN / "cii"), "--run-dir", str(office.run_dir), "--role",
             role, "--json", "watch", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.rows = queue.Queue()
        threading.Thread(target=self.read, daemon=True).start()
        # it watches once the daemon has noted that it does
        wait_until(lambda: watches(office) > before, what="the watch to begin")

    def read(self):
        with self.process.stdout as output:
            for line in output:
                self.rows.put(json.loads(line))
        self.rows.put(None)

    def next(self):
        """The next row; None at the end."""
        return self.rows.get(timeout=60)

    def until(self, **wanted):
        """The first row that has all this."""
        while (row := self.next()) is not None:
            if wanted.items() <= row.items():
                return row
        raise AssertionError(f"the watch ended without {wanted}")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        status = self.process.wait(30)
        self.process.stderr.close()
        return status


class CiiAnswers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton(
            competent=("ge.orp", "ge.cch", "ge.as.hg")))
        cls.orp, cls.cch, cls.oai, cls.hg = cls.canton.open(
            "ge.orp", "ge.cch", "ge.oai", "ge.as.hg")

    # --- explain -----------------------------------------------------------

    def test_explains_what_was_recorded_and_what_would_be(self):
        event = self.orp.send("inscription-orp", to=["ge.cch", "ge.as.hg"],
                              identity=PERSON, dates=DATES,
                              language={"french": "b1"})["id"]
        rows = self.orp.ask("explain", event)
        recorded = {row["partner"]: row for row in rows
                    if row["kind"] == "verdict"}
        now = {row["partner"]: row for row in rows
               if row["kind"] == "judgement"}
        self.assertEqual(set(recorded), {"ge.cch", "ge.as.hg"})
        self.assertEqual(set(now), {"ge.cch", "ge.as.hg", "ge.oai"},
                         "each partner, whether it was named or not")

        self.assertEqual(recorded["ge.cch"]["rule"], "R00")
        self.assertIn("LACI 97a", recorded["ge.cch"]["citation"])
        self.assertEqual(recorded["ge.cch"]["facets"], "identity dates")
        self.assertEqual(recorded["ge.cch"]["withheld"], "language")
        for row in (recorded["ge.as.hg"], now["ge.as.hg"]):
            self.assertEqual((row["verdict"], row["rule"], row["lane"]),
                             ("refuse", "R01", "cii"))
            for need in ("consent-express", "client-attested", "reciprocity"):
                self.assertIn(need, row["missing"])

        # nobody said that it concerns this one: that is what is missing
        self.assertEqual(now["ge.oai"]["ground"], "not-concerned")
        self.assertIn("dossier", now["ge.oai"]["missing"])
        self.orp.cii("dossier", "open", "--avs", PERSON["avs"],
                     "--concerned", "ge.oai")
        hypothetical, = self.orp.ask("explain", event, "--to", "ge.oai")
        self.assertEqual((hypothetical["kind"], hypothetical["verdict"],
                          hypothetical["rule"]),
                         ("judgement", "refuse", "R12"))
        self.assertIn("payer-undetermined-stated", hypothetical["missing"])
        self.assertIn("R14", hypothetical["missing"], "each lane is named")

        page = self.orp.cii("explain", event, "--to", "ge.as.hg").stdout
        for words in ("as recorded on", "as the law says now", "R01",
                      "LACI 85f al. 2", "consent-express", "stays behind"):
            self.assertIn(words, page)
        self.orp.wait_drained("ge.cch")
        arrived, = self.cch.ask("explain", event)
        self.assertEqual((arrived["arrival"], arrived["verdict"]),
                         ("yes", "transmit"))

    def test_explains_nothing_that_is_not_there(self):
        unknown = "0192d8a4-7c00-7000-8000-00000000abcd"
        event = self.orp.send("inscription-orp", to=["ge.cch"],
                              identity=PERSON, dates=DATES)["id"]
        for words, status, said in (
                ((unknown,), 5, unknown), (("xyz",), 3, "UUID"),
                ((event, "--to", "ge.pc"), 5, "ge.pc is no partner")):
            done = self.orp.cii("explain", *words, check=False)
            self.assertEqual(done.returncode, status, done.stderr)
            self.assertIn(said, done.stderr)

    # --- watch -------------------------------------------------------------

    def test_watch_shows_it_as_it_happens(self):
        here, there = Watch(self.orp), Watch(self.cch)
        only_hg = Watch(self.orp, "--partner", "ge.as.hg", role="counsellor")
        only_fin = Watch(self.cch, "--type", "fin-de-droits", role="auditor")
        event = self.orp.send("inscription-orp", to=["ge.cch", "ge.as.hg"],
                              identity=PERSON, dates=DATES)["id"]
        issued = here.until(what="issued", event=event)
        self.assertEqual(issued["type"], "inscription-orp")
        went = here.until(what="verdict", event=event, partner="ge.cch")
        self.assertEqual((went["verdict"], went["rule"]), ("transmit", "R00"))
        stayed = here.until(what="verdict", event=event, partner="ge.as.hg")
        self.assertEqual(stayed["verdict"], "refuse")
        self.assertIn("consent-express", stayed["reason"])
        came = there.until(what="arrived", event=event)
        self.assertEqual((came["issuer"], came["facets"]),
                         ("ge.orp", "identity dates"))

        fin = self.orp.send("fin-de-droits", to=["ge.cch"], identity=PERSON,
                            entitlement={"cause": "quota"})["id"]
        self.assertEqual(only_hg.until(what="verdict")["event"], event)
        row = only_fin.next()
        self.assertEqual((row["event"], row["type"]), (fin, "fin-de-droits"))
        there.until(what="arrived", event=fin)

        # links as well; nothing that says who it is about
        self.cch.kill("gate")
        here.until(what="link", partner="ge.cch")
        for watch in (here, there, only_hg, only_fin):
            self.assertEqual(watch.stop(), 0, "Ctrl-C is a good end")
            while (row := watch.next()) is not None:
                self.assertNotIn(PERSON["avs"].replace(".", ""), str(row))
        self.cch.wait_ready()
        self.orp.wait_link("ge.cch")

    def test_watch_ends_when_the_daemon_does(self):
        watch = Watch(self.hg)
        self.hg.stop()
        self.assertEqual(watch.process.wait(30), 7)
        self.assertIsNone(watch.next())
        watch.process.stderr.close()
        self.hg.start()
        self.orp.wait_link("ge.as.hg")

    # --- query -------------------------------------------------------------

    def test_query_filters(self):
        one = {"avs": avs_number(501), "officialName": "Frage",
               "firstName": "Eine"}
        two = {"localPersonIdCategory": "CH.X", "localPersonId": "502",
               "officialName": "Frage", "firstName": "Zwei"}

        def send(office, kind, day, to, who, case, **facets):
            return office.send(kind, on=day, to=[to], identity=who, case=case,
                               **facets)["id"]
        right = {"entitlement": {"cause": "quota"}}
        a = send(self.orp, "inscription-orp", "2026-02-01", "ge.cch", one,
                 "Q-1", dates=DATES)
        b = send(self.orp, "fin-de-droits", "2026-02-10", "ge.cch", one, "Q-1",
                 **right)
        c = send(self.orp, "inscription-orp", "2026-02-20", "ge.as.hg", two,
                 "Q-2", dates=DATES)
        d = send(self.cch, "fin-de-droits", "2026-02-28", "ge.orp", one, "Q-1",
                 **right)
        self.cch.wait_drained("ge.orp")
        mine = {a: "a", b: "b", c: "c", d: "d"}

        for words, wanted in (
                (("--avs", one["avs"]), "abd"),
                (("--avs", avs_number(999)), ""),
                (("--local-id", "CH.X:502"), "c"),
                (("--name", "Frage Eine"), "abd"),
                (("--name", "zwei FRAGE"), "c"),
                (("--name", "Frage Drei"), ""),
                (("--case", "Q-1"), "abd"), (("--case", "Q-"), ""),
                (("--case", "Q-1", "--type", "fin-de-droits"), "bd"),
                (("--type", "inscription-orp", "--from", "2026-02-01"), "ac"),
                (("--from", "2026-02-10", "--to", "2026-02-20"), "bc"),
                (("--from", "2026-02-11", "--to", "2026-02-19"), ""),
                (("--to", "2026-02-01", "--case", "Q-1"), "a"),
                (("--partner", "ge.as.hg", "--from", "2026-02-01"), "c"),
                (("--partner", "ge.cch", "--from", "2026-02-01"), "abd"),
                (("--direction", "arrived", "--case", "Q-1"), "d"),
                (("--direction", "ours", "--case", "Q-1"), "ab"),
                (("--case", "Q-1", "--limit", "2"), "ab")):
            with self.subTest(words):
                rows = self.orp.ask("query", *words)
                self.assertEqual("".join(mine[row["id"]] for row in rows
                                         if row["id"] in mine), wanted)
                self.assertLessEqual(len(rows), 4)
        self.assertIn("No such event.",
                      self.orp.cii("query", "--case", "none").stdout)

    def test_an_answer_that_may_not_be_whole_says_so(self):
        for number in (601, 602):
            self.orp.send("inscription-orp", to=["ge.cch"], case="L-1",
                          identity={"avs": avs_number(number)}, dates=DATES)
        ask = ("query", "--case", "L-1", "--limit")
        self.assertIn("may be more", self.orp.cii(*ask, "1").stderr)
        self.assertNotIn("may be more", self.orp.cii(*ask, "3").stderr)

    def test_a_question_that_is_none_is_named(self):
        for words, said in (
                (("--avs", "756.9217.0769.84"), "check digit"),
                (("--from", "2026-02-30"), "--from"),
                (("--type", "fin-de-droit"), "fin-de-droits"),
                (("--direction", "out"), "arrived"),
                (("--limit", "0"), "1000000"),
                (("--partner", "cch"), "--partner"),
                (("--name", "Frage"), "first names"),
                (("--name", "A B", "--avs", PERSON["avs"]), "not by both"),
                (("--local-id", "502"), "category:id")):
            with self.subTest(words):
                done = self.orp.cii("query", *words, check=False)
                self.assertIn(done.returncode, (2, 3))
                self.assertIn(said, done.stderr)
                self.assertNotIn("0769.84", done.stderr)

    # --- for programs and for people -----------------------------------------

    def everything(self):
        event = self.orp.send("inscription-orp", to=["ge.cch", "ge.as.hg"],
                              identity=LONG, dates=DATES, case="C" * 50)["id"]
        self.orp.cii("dossier", "open", "--avs", LONG["avs"], "--case",
                     "D" * 50, "--counsellor", "c" * 40, "--concerned",
                     "ge.cch", "--concerned", "ge.as.hg", check=False)
        self.orp.wait_drained("ge.cch")
        return [("status",), ("partner", "list"), ("types",),
                ("types", "decision-ai"), ("query",), ("show", event),
                ("explain", event), ("dossier", "list"), ("match", "list"),
                ("refusal", "list"), ("act", "list"), ("verify",), ("clock",),
                ("send", "inscription-orp", "--avs", LONG["avs"], "--on",
                 "2026-01-05", "--from", "2026-01-05", "--to", "ge.cch",
                 "--to", "ge.as.hg", "--test", "--dry-run")]

    def test_tables_fit_80_columns_and_json_parses(self):
        old = os.environ.get("COLUMNS")
        os.environ["COLUMNS"] = "80"
        self.addCleanup(lambda: os.environ.pop("COLUMNS") if old is None
                        else os.environ.update(COLUMNS=old))
        for words in self.everything():
            with self.subTest(words):
                page = self.orp.cii(*words).stdout
                self.assertTrue(page)
                for line in page.splitlines():
                    self.assertLessEqual(len(line), 80, line)
                self.assertNotIn("\033", page)
                done = self.orp.cii(*words, "--json")
                for line in done.stdout.splitlines():
                    self.assertIsInstance(json.loads(line), dict)

    def test_what_is_no_terminal_gets_tables_uncut(self):
        page = self.orp.cii(*self.everything()[4]).stdout
        self.assertIn(LONG["officialName"].strip(), page)
        self.assertNotIn("…", page)

    def test_errors_are_json_too(self):
        done = self.orp.cii("--json", "show", "xyz", check=False)
        error = json.loads(done.stderr)
        self.assertEqual(error["error"], "INVALID")
        self.assertIn("UUID", error["text"])
        self.assertEqual(done.stdout, "")

    def test_help_is_there_for_every_command(self):
        overview = self.canton.cii("--help").stdout
        for words in ("send", "query", "show", "explain", "watch", "status",
                      "types", "partner list", "dossier open", "match list",
                      "refusal list", "act list", "verify", "clock",
                      "pki init"):
            self.assertIn(f"  {words} ", overview)
            page = self.canton.cii(*words.split(), "--help").stdout
            self.assertIn(f"usage: cii {words}", page)
            for line in (page + overview).splitlines():
                self.assertLessEqual(len(line), 80, line)


if __name__ == "__main__":
    unittest.main()
