# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""A request is put about one person and seen by who is asked; the answer goes
with what was asked and no more, or the request is declined; silence is late on
both sides. A question to a referent names nobody."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import avs_number  # noqa: E402
from statements import verdict_of  # noqa: E402
from story import Story  # noqa: E402

CLAIM = ["--dates.from", "2026-01-05", "--entitlement.daysLeft", "80",
         "--amounts.benefit", "indemnite-journaliere",
         "--amounts.centimes", "18050",
         "--sanction.sanctionKind", "suspension"]


class Requests(Story):
    names = ("ge.as.hg", "ge.orp", "ge.oai")

    def setUp(self):
        super().setUp()
        self.hg, self.orp, self.oai = self.offices

    def request(self, asker, to, purpose="fixer", asks=("dates", "entitlement"),
                by=20, check=True, more=()):
        self.dossier(asker, to)
        words = []
        for facet in asks:
            words += ["--asks", facet]
        rows = self.say(asker, "request", "--to", to.name, "--purpose",
                        purpose, "--reason", "nouvelle-demande", "--basis",
                        "LACI 97a al. 1 f ch. 1", "--by", self.day(by),
                        "--case", "GE-1", *words, *more, check=check)
        self.settle()
        return next(row for row in rows if "line" in row or "id" in row)

    def listed(self, office, request):
        return next(row for row in office.ask("request", "list")
                    if row["id"] == request)

    def answer(self, office, request, *words, check=True):
        done = office.cii("--json", "request", "answer", request, "--test",
                          "--case", "GE-1", *words, check=check)
        self.settle()
        return done

    def test_the_answer_holds_what_was_asked_and_no_more(self):
        asked = self.request(self.hg, self.orp)["id"]
        came = self.listed(self.orp, asked)
        self.assertEqual(
            (came["direction"], came["partner"], came["state"], came["asks"],
             came["purpose"], came["answer_by"], came["identity"]["avs"]),
            ("arrived", "ge.as.hg", "open", "identity dates entitlement",
             "fixer", self.day(20), self.avs))
        self.assertEqual(self.listed(self.hg, asked)["state"], "open")
        task = self.task(self.orp, "request")
        self.assertEqual((task["partner"], task["due"], task["rule"]),
                         ("ge.as.hg", self.day(20), "S06"))
        self.assertEqual(self.tasks(self.hg, kind="request"), [])

        self.at(4)
        self.answer(self.orp, asked, *CLAIM)

        got, = self.arrived(self.hg, "reponse-demande-as")
        self.assertEqual(got["in_reply_to"], asked)
        self.assertEqual(got["dates"]["from"], "2026-01-05")
        self.assertEqual(got["entitlement"]["daysLeft"], "80")
        self.assertNotIn("amounts", got, "R02 opens it; nobody asked for it")
        self.assertNotIn("sanction", got)
        verdict = self.orp.ask("explain", got["id"], "--to", "ge.as.hg")[0]
        self.assertEqual((verdict["rule"], verdict["lane"]),
                         ("R02", "request"))
        for office in (self.hg, self.orp):
            row = self.listed(office, asked)
            self.assertEqual((row["state"], row["days"], row["answer"]),
                             ("answered", "4", got["id"]))
            self.assertNotIn(asked, [row["id"] for row in
                                     office.ask("request", "list", "--open")])
        self.assertEqual(self.tasks(self.orp, kind="request"), [])
        self.assertEqual(self.task(self.orp, "request", "--all")["proof"],
                         got["id"])

    def test_what_is_asked_beyond_the_rule_stays_behind(self):
        asked = self.request(self.hg, self.orp,
                             asks=("amounts", "plan", "sanction"))["id"]
        self.answer(self.orp, asked, *CLAIM)
        got, = self.arrived(self.hg, "reponse-demande-as")
        self.assertIn("amounts", got)
        self.assertIn("sanction", got)
        self.assertNotIn("dates", got)
        self.assertNotIn("entitlement", got)

    def test_a_request_is_declined_with_the_reason(self):
        asked = self.request(self.hg, self.orp)["id"]
        self.at(2)
        self.orp.cii("request", "decline", asked, "--reason",
                     "pas-de-donnees", "--test", "--case", "GE-1")
        self.settle()
        got, = self.arrived(self.hg, "refus-renseignements")
        self.assertEqual(got["declined"]["declineReason"], "pas-de-donnees")
        for office in (self.hg, self.orp):
            row = self.listed(office, asked)
            self.assertEqual((row["state"], row["days"]), ("declined", "2"))
        self.assertEqual(self.tasks(self.orp, kind="request"), [])

    def test_it_is_declined_for_one_of_the_reasons(self):
        asked = self.request(self.hg, self.orp)["id"]
        done = self.orp.cii("request", "decline", asked, "--test",
                            check=False)
        self.assertEqual(done.returncode, 2)
        done = self.orp.cii("request", "decline", asked, "--reason", "envie",
                            "--test", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.listed(self.orp, asked)["state"], "open")

    def test_silence_is_late_on_both_sides(self):
        asked = self.request(self.hg, self.orp)["id"]
        self.at(20)
        for office in (self.hg, self.orp):
            self.assertEqual(self.listed(office, asked)["state"], "open")
        self.at(21)
        late = self.wait_late(self.orp, "request")
        self.assertEqual(late["due"], self.day(20))
        for office in (self.hg, self.orp):
            self.assertEqual(self.listed(office, asked)["state"], "late")
            self.assertIn(asked, [row["id"] for row in
                                  office.ask("request", "list", "--open")])

        self.at(23)
        self.answer(self.orp, asked, "--dates.from", "2026-01-05")
        for office in (self.hg, self.orp):
            row = self.listed(office, asked)
            self.assertEqual((row["state"], row["days"]), ("answered", "23"))
        self.assertTrue(self.task(self.orp, "request", "--all")["late_at"],
                        "that it was late stays on record")

    def test_a_purpose_that_the_law_does_not_allow_opens_nothing(self):
        asked = self.request(self.hg, self.orp, purpose="recours")["id"]
        done = self.answer(self.orp, asked, *CLAIM, check=False)
        self.assertIn("request-purpose-as", done.stdout + done.stderr)
        self.assertEqual(self.arrived(self.hg, "reponse-demande-as"), [])
        self.assertEqual(self.listed(self.hg, asked)["state"], "open")
        self.assertEqual(self.listed(self.orp, asked)["state"], "open",
                         "what did not go has answered nothing")

    def test_nothing_is_asked_in_bulk(self):
        words = ["request", "--purpose", "fixer", "--reason",
                 "nouvelle-demande", "--basis", "LPGA 32", "--asks", "dates",
                 "--by", self.day(20), "--test"]
        one = ["--avs", self.avs]
        other = ["--avs", avs_number(1)]
        orp = ["--to", "ge.orp"]
        oai = ["--to", "ge.oai"]
        for what, more in (("two persons", one + other + orp),
                           ("two institutions", one + orp + oai)):
            with self.subTest(what):
                done = self.hg.cii(*words, *more, check=False)
                self.assertEqual(done.returncode, 2)
                self.assertIn("in bulk", done.stderr)
        self.assertEqual(self.hg.events("--avs", self.avs), [])

    def test_a_list_of_persons_has_no_lane(self):
        outcome = self.hg.send_lines([{
            "type": "liste-navs", "on": self.day(0), "test": True,
            "to": ["ge.orp"], "facets": {}}], check=False)[0]
        text = str(outcome)
        self.assertIn("R50", text)
        self.settle()
        self.assertEqual(self.orp.arrived("--type", "liste-navs"), [])

    def test_a_request_lacks_nothing(self):
        whole = {"--to": "ge.orp", "--purpose": "fixer",
                 "--reason": "nouvelle-demande", "--basis": "LPGA 32",
                 "--asks": "dates", "--by": self.day(20), "--avs": self.avs}
        for lacking in whole:
            with self.subTest(lacking):
                words = [word for flag, value in whole.items()
                         if flag != lacking for word in (flag, value)]
                done = self.hg.cii("request", *words, "--test", check=False)
                self.assertEqual(done.returncode, 2)
                self.assertIn(lacking, done.stderr)

    def test_nobody_asks_whom_the_law_does_not_let_it_ask(self):
        row = self.request(self.orp, self.oai, check=False)
        self.assertEqual(verdict_of(row, "ge.oai")["verdict"], "refuse")
        self.assertEqual(self.tasks(self.oai, kind="request"), [])

    def test_an_answer_without_a_request_goes_to_nobody(self):
        outcome = self.send(self.orp, "reponse-demande-as", check=False,
                            to=["ge.as.hg"], dates={"from": self.day(-9)})
        self.assertEqual(verdict_of(outcome, "ge.as.hg")["verdict"], "refuse")
        # nor under somebody else's request
        asked = self.request(self.hg, self.orp)["id"]
        outcome = self.send(self.orp, "reponse-demande-as", check=False,
                            person={**self.who, "avs": avs_number(2)},
                            to=["ge.as.hg"], in_reply_to=asked,
                            dates={"from": self.day(-9)})
        self.assertEqual(verdict_of(outcome, "ge.as.hg")["verdict"], "refuse")
        self.settle()
        self.assertEqual(self.hg.arrived("--type", "reponse-demande-as",
                                         "--avs", avs_number(2)), [])
        done = self.orp.cii("request", "answer",
                            "01980000-0000-7000-8000-000000000001", "--test",
                            "--dates.from", self.day(-9), check=False)
        self.assertEqual(done.returncode, 5)

    def test_who_asked_does_not_answer_itself(self):
        asked = self.request(self.hg, self.orp)["id"]
        done = self.answer(self.hg, asked, "--dates.from", self.day(0),
                           check=False)
        self.assertEqual(done.returncode, 3)
        self.assertIn("that one is ours", done.stderr)

    def test_the_invalidity_insurance_is_answered_by_duty(self):
        asked = self.request(self.oai, self.orp, purpose="instruction-ai",
                             asks=("dates", "plan"),
                             more=("--claim-filed-on", self.day(-5)))["id"]
        self.assertEqual(self.task(self.orp, "request")["partner"], "ge.oai")
        done = self.answer(self.orp, asked, "--dates.from", "2026-01-05",
                           "--plan.goal", "emploi",
                           "--entitlement.daysLeft", "80")
        self.assertIn("R13", done.stdout)
        got, = self.arrived(self.oai, "reponse-demande-ai")
        self.assertEqual(got["plan"]["goal"], "emploi")
        self.assertNotIn("entitlement", got)
        contact = self.task(self.oai, "inform-contact")
        self.assertEqual(contact["rule"], "R13")
        self.assertEqual(self.tasks(self.orp, kind="inform-contact"), [],
                         "the insurance tells the person, not who answers")
        self.assertEqual(self.tasks(self.orp), [])

    def test_before_a_claim_nothing_is_owed(self):
        asked = self.request(self.oai, self.orp, purpose="instruction-ai")
        done = self.answer(self.orp, asked["id"], "--dates.from",
                           "2026-01-05", check=False)
        self.assertIn("claim-open", done.stdout + done.stderr)
        self.assertEqual(self.arrived(self.oai, "reponse-demande-ai"), [])

    def test_an_answer_after_a_kill_is_still_an_answer(self):
        asked = self.request(self.hg, self.orp)["id"]
        self.orp.kill()
        self.orp.start()
        self.orp.wait_link("ge.as.hg")
        self.orp.wait_link("ge.oai")
        self.at(3)
        self.assertEqual(self.task(self.orp, "request")["due"], self.day(20))
        self.answer(self.orp, asked, "--dates.from", "2026-01-05")
        self.assertEqual(self.listed(self.hg, asked)["state"], "answered")


class Questions(Story):
    names = ("ge.as.hg", "ge.orp")

    def listed(self, office):
        return [row for row in office.ask("question", "list")
                if row["id"] == self.asked]

    def test_a_question_names_nobody_and_is_answered(self):
        hg, orp = self.offices
        rows = hg.ask("question", "ask", "--topic", "delai", "--expert",
                      "orp", "--to", "ge.orp", "--test")
        self.asked = next(row["id"] for row in rows if "id" in row)
        self.settle()
        came, = self.listed(orp)
        self.assertEqual((came["direction"], came["partner"], came["topic"],
                          came["expert"], came["state"]),
                         ("arrived", "ge.as.hg", "delai", "orp", "open"))
        self.assertNotIn("identity", came)

        self.at(3)
        orp.cii("question", "answer", self.asked, "--advice", "selon-cas",
                "--call-back", "+41 22 000 00 00", "--test")
        self.settle()
        for office in self.offices:
            row, = self.listed(office)
            self.assertEqual((row["state"], row["advice"], row["days"]),
                             ("answered", "selon-cas", "3"))
        row, = hg.arrived("--type", "reponse-conseil-cii")
        self.assertEqual(row["question"]["callBack"], "+41 22 000 00 00")
        verdict = orp.ask("explain", row["id"], "--to", "ge.as.hg")[0]
        self.assertEqual(verdict["rule"], "R53")
        self.assertEqual([hg.ask("status")[0]["persons"],
                          orp.ask("status")[0]["persons"]], ["0", "0"])

    def test_a_question_about_somebody_is_refused(self):
        hg, _ = self.offices
        row = self.send(hg, "demande-conseil-cii", check=False, to=["ge.orp"],
                        question={"topic": "delai", "expert": "orp"})
        self.assertEqual(row["result"], "refused")


if __name__ == "__main__":
    unittest.main()
