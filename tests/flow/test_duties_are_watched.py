# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""What the law wants somebody to do, and by when: what must be sent, whom it
must be told, and what an office owes an answer. What is not done in time is
late, once, and stays on record."""

import datetime
import pathlib
import sys
import time
import unittest
import zoneinfo

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import avs_number, wait_until  # noqa: E402
from statements import verdict_of, verdicts  # noqa: E402
from story import Story, Watcher  # noqa: E402

REPORT = {"reason": "incapacite-de-travail", "incapableOfWork": "yes"}
REFUGEE = {"permit": {"status": "refugie-reconnu", "permitType": "b"},
           "employability": {"assessed": "yes", "positive": "yes",
                             "withoutWork": "yes"}}


class EarlyDetection(Story):
    """RAI 1quater: thirty days to say whether it is indicated."""

    names = ("ge.orp", "ge.oai")

    def setUp(self):
        super().setUp()
        self.orp, self.oai = self.offices

    def report(self):
        self.dossier(self.orp, self.oai)
        sent = self.send(self.orp, "detection-precoce", to=["ge.oai"],
                         report={**REPORT, "informedOn": self.day(-1)})
        self.assertEqual(verdict_of(sent, "ge.oai")["rule"], "R11")
        self.settle()
        return sent["id"]

    def test_thirty_days_without_a_word_are_late_once(self):
        watcher = Watcher(self.oai)
        self.addCleanup(watcher.stop)
        self.report()
        task = self.task(self.oai, "answer")
        self.assertEqual((task["due"], task["rule"], task["partner"]),
                         (self.day(30), "R11", "ge.orp"))
        self.at(30)
        self.settle()
        self.assertEqual(self.tasks(self.oai, "--late"), [])
        self.assertEqual(self.tasks(self.orp, kind="answer"), [],
                         "who reports owes no answer")

        self.at(31)
        late = self.wait_late(self.oai, "answer")
        self.assertEqual(late["number"], task["number"])
        for later in (32, 50):
            self.at(later)
            self.settle()
        self.oai.stop()
        self.oai.start()
        self.oai.wait_link("ge.orp")
        self.assertEqual(self.task(self.oai, "answer", "--late")["late_at"],
                         late["late_at"])
        told = [row for row in watcher.alerts() if row["rule"] == "R11"]
        self.assertEqual(len(told), 1, told)
        self.assertEqual((told[0]["reason"], told[0]["partner"]),
                         ("late", "ge.orp"))

    def test_an_answer_in_time_is_not_late(self):
        self.report()
        self.at(20)
        said = self.send(self.oai, "etat-procedure", to=["ge.orp"],
                         state={"procedure": "detection"})
        self.assertEqual(self.tasks(self.oai, kind="answer"), [])
        self.at(31)
        self.settle()
        self.assertEqual(self.tasks(self.oai, "--late"), [])
        task = self.task(self.oai, "answer", "--all")
        self.assertEqual(task["proof"], said["id"])
        self.assertNotIn("late_at", task)

    def test_a_daemon_that_was_down_says_it_once(self):
        self.report()
        task = self.task(self.oai, "answer")
        # a few seconds before the day is over; it ends while nobody is there
        end = datetime.datetime.combine(
            self.first + datetime.timedelta(days=31), datetime.time(),
            zoneinfo.ZoneInfo("Europe/Zurich")).timestamp() - 4
        began = time.time()
        self.oai.cii("clock", "--offset-ms",
                     str(int((end - time.time()) * 1000)))
        self.oai.stop()
        wait_until(lambda: time.time() > began + 5, what="the day to end")
        self.oai.start()
        self.oai.wait_link("ge.orp")
        self.wait_late(self.oai, "answer")
        self.oai.stop()
        self.oai.start()
        self.oai.wait_link("ge.orp")
        self.settle()
        self.assertEqual(self.oai.log_text().count(
            f"task late number={task['number']} "), 1)

    def test_whom_it_concerns_is_told_beforehand(self):
        self.dossier(self.orp, self.oai)
        sent = self.send(self.orp, "detection-precoce", to=["ge.oai"],
                         check=False, report=REPORT)
        self.assertEqual(verdict_of(sent, "ge.oai")["verdict"], "refuse")
        self.assertEqual(self.task(self.orp, "inform-before")["rule"], "R11")
        letter, = self.orp.ask("task", "letter",
                               self.task(self.orp, "inform-before")["number"],
                               "--lang", "fr")
        self.assertIn("3b", letter["text"])
        self.at(1)
        self.report()
        self.assertEqual(self.tasks(self.orp, kind="inform-before"), [])


class Payments(Story):
    """LPC 26a: twenty days."""

    names = ("ge.pc", "ge.migaut")

    def setUp(self):
        super().setUp()
        self.pc, self.migaut = self.offices
        self.local = f"PC-{self.avs}"
        self.foreigner = {"localPersonIdCategory": "CH.PC",
                          "localPersonId": self.local,
                          "officialName": "Exemple", "firstName": "Ana",
                          "dateOfBirth": "1950-03-14", "nationality": "PT"}

    def pay(self, check=True, on=0, **more):
        return self.send(self.pc, "versement-pc-etranger", check=check, on=on,
                         person=more.pop("person", self.foreigner),
                         address={"street": "Rue Exemple", "town": "Genève",
                                  "swissZipCode": "1200"},
                         amounts={"benefit": "pc-annuelle",
                                  "centimes": "1800000", "per": "annee"},
                         **more)

    def follow(self):
        self.pc.cii("dossier", "open", "--local-id", f"CH.PC:{self.local}",
                    "--case", "GE-1", "--concerned", "ge.migaut")

    def duties(self, *words):
        return [row for row in self.pc.ask(
            "task", "list", "--kind", "duty", "--local-id",
            f"CH.PC:{self.local}", *words) if row["kind"] == "task"]

    def test_what_is_sent_in_time_is_no_fault(self):
        self.follow()
        sent = self.pay(to=["ge.migaut"])
        self.assertEqual(verdict_of(sent, "ge.migaut")["rule"], "R27")
        self.settle()
        self.assertEqual(
            len(self.migaut.arrived("--type", "versement-pc-etranger",
                                    "--local-id", f"CH.PC:{self.local}",
                                    "--issuer", "ge.pc")), 1)
        self.at(21)
        self.settle()
        self.assertEqual(self.duties("--all"), [])

    def test_what_is_sent_late_goes_and_stays_on_record(self):
        self.follow()
        self.at(25)
        sent = self.pay(to=["ge.migaut"])
        self.assertEqual(verdict_of(sent, "ge.migaut")["verdict"], "transmit")
        self.assertEqual(self.duties(), [])
        task, = self.duties("--all")
        self.assertEqual((task["due"], task["rule"], task["partner"]),
                         (self.day(20), "R27", "ge.migaut"))
        self.assertTrue(task["late_at"])
        self.assertEqual(task["proof"], sent["id"])

    def test_what_is_not_sent_is_late(self):
        sent = self.pay(check=False)
        task, = self.duties()
        self.assertEqual((task["due"], task["rule"]), (self.day(20), "R27"))
        self.at(21)
        wait_until(lambda: self.duties("--late"), what="the duty to be late")
        self.at(22)
        again = self.pc.ask("again", sent["id"], "--to", "ge.migaut",
                            check=False)
        self.assertEqual(again[0]["verdict"], "refuse", "it concerns nobody")

        self.follow()
        self.assertEqual(len(self.duties()), 1, "it waits for a human")
        again = self.pc.ask("again", sent["id"], "--to", "ge.migaut")
        self.assertEqual(again[0]["verdict"], "transmit")
        self.assertEqual(self.duties(), [])
        task, = self.duties("--all")
        self.assertEqual(task["proof"], sent["id"])
        self.assertTrue(task["late_at"])

    def test_what_the_ordinance_does_not_list_keeps_it_back(self):
        self.follow()
        sent = self.pay(check=False, to=["ge.migaut"],
                        person={**self.foreigner, "sex": "2"})
        self.assertNotEqual(verdict_of(sent, "ge.migaut")["verdict"],
                            "transmit")
        task, = self.duties()
        self.assertEqual((task["partner"], task["due"]),
                         ("ge.migaut", self.day(20)))
        self.at(21)
        wait_until(lambda: self.duties("--late"), what="the duty to be late")
        late = verdicts(self.pc, sent["id"], "ge.migaut")[-1]
        self.assertEqual((late["verdict"], late["rule"]), ("late", "R27"))
        self.assertIn(self.day(20), late["missing"])
        self.pay(to=["ge.migaut"])
        self.assertEqual(self.duties(), [])


class Copies(Story):
    """LAI 68bis al. 5: social assistance gets a copy of the decision."""

    names = ("ge.oai", "ge.as.hg")

    def decide(self, **copy):
        oai, hg = self.offices
        self.dossier(oai, hg)
        return self.send(oai, "decision-ai", check=False, to=["ge.as.hg"],
                         outcome={"disposition": "rente"},
                         decision={"touches": "as", **copy})

    def test_a_decision_without_its_copy_is_owed(self):
        oai, hg = self.offices
        sent = self.decide()
        self.assertNotEqual(verdict_of(sent, "ge.as.hg")["verdict"],
                            "transmit")
        task = self.task(oai, "duty")
        self.assertEqual((task["rule"], task["partner"], task["due"]),
                         ("R19", "ge.as.hg", self.day(30)))
        self.at(10)
        whole = self.decide(copy="Le droit est reconnu.",
                            withoutMedicalReasons="yes")
        self.settle()
        got, = self.arrived(hg, "decision-ai")
        self.assertEqual(got["id"], whole["id"])
        self.assertEqual(self.tasks(oai, kind="duty"), [])
        self.assertEqual(self.task(oai, "duty", "--all")["proof"], whole["id"])

    def test_it_is_late_when_it_does_not_come(self):
        oai, _ = self.offices
        sent = self.decide(copy="Avec ses motifs.", withoutMedicalReasons="no")
        self.at(31)
        self.assertEqual(self.wait_late(oai, "duty")["rule"], "R19")
        self.assertEqual(verdicts(oai, sent["id"], "ge.as.hg")[-1]["verdict"],
                         "late")

    def test_what_touches_nobody_is_owed_to_nobody(self):
        oai, hg = self.offices
        self.dossier(oai, hg)
        self.send(oai, "decision-ai", check=False, to=["ge.as.hg"],
                  outcome={"disposition": "refus"},
                  decision={"touches": "suva"})
        self.assertEqual(self.tasks(oai, kind="duty"), [])


class Refugees(Story):
    """LEI 53 al. 5, and the month of LPD 19 al. 5 at who receives it."""

    names = ("ge.as.hg", "ge.orp")

    def test_the_receiver_tells_the_person_within_a_month(self):
        hg, orp = self.offices
        self.dossier(hg, orp)
        sent = self.send(hg, "annonce-rap", to=["ge.orp"], **REFUGEE)
        self.assertEqual(verdict_of(sent, "ge.orp")["rule"], "R08")
        self.settle()
        self.assertEqual(self.tasks(hg), [])
        task = self.task(orp, "inform-month")
        self.assertEqual((task["rule"], task["events"]), ("R08", "1"))
        opened = self.first.replace(day=2)
        self.assertGreater(task["due"], str(opened))
        for lang, word in (("fr", "LPD"), ("de", "DSG"), ("it", "LPD")):
            letter, = orp.ask("task", "letter", task["number"], "--lang", lang)
            self.assertEqual(letter["lang"], lang)
            self.assertIn(word, letter["text"])
            self.assertIn("ge.as.hg", letter["text"])
            self.assertIn(self.who["officialName"], letter["text"])
        self.at(40)
        self.wait_late(orp, "inform-month")

    def test_it_is_told_when_it_is_recorded(self):
        hg, orp = self.offices
        self.dossier(hg, orp)
        self.send(hg, "annonce-rap", to=["ge.orp"], **REFUGEE)
        self.settle()
        self.at(3)
        self.say(orp, "information", "record", "--about", "month", "--on",
                 self.day(3), "--how", "lettre", "--proof", "GED 1",
                 "--case", "GE-1")
        self.assertEqual(self.tasks(orp), [])
        self.assertEqual(self.task(orp, "inform-month", "--all")["proof"],
                         "GED 1")
        self.assertEqual(self.arrived(hg, "information-donnee"), [])

    def test_it_is_owed_though_nobody_says_to_whom(self):
        hg, orp = self.offices
        self.send(hg, "annonce-rap", check=False, **REFUGEE)
        task = self.task(hg, "duty")
        self.assertEqual((task["rule"], task["due"]), ("R08", self.day(30)))
        hg.cii("dossier", "open", "--avs", self.avs, "--case", "GE-1",
               "--concerned", "ge.orp")
        self.settle()
        self.assertEqual(len(self.arrived(orp, "annonce-rap")), 1)
        self.assertEqual(self.tasks(hg, kind="duty"), [])

    def test_who_is_not_employable_is_not_reported(self):
        hg, orp = self.offices
        self.dossier(hg, orp)
        self.send(hg, "annonce-rap", check=False, to=["ge.orp"],
                  permit=REFUGEE["permit"],
                  employability={"assessed": "yes", "positive": "no",
                                 "withoutWork": "yes"})
        self.assertEqual(self.tasks(hg), [])
        self.assertEqual(self.arrived(orp, "annonce-rap"), [])


class Letters(Story):
    """LACI 85f al. 4: afterwards, of the exchange and of its content."""

    names = ("ge.orp", "ge.oai")

    def setUp(self):
        super().setUp()
        self.orp, self.oai = self.offices
        self.orp.cii("dossier", "open", "--avs", self.avs, "--case", "GE-1",
                     "--concerned", "ge.oai")
        self.dossier(self.oai, self.orp)
        self.send(self.oai, "etat-procedure", to=["ge.orp"], check=False,
                  state={"procedure": "demande",
                         "payerUndeterminedUntil": self.day(60),
                         "purpose": "measure"})
        self.settle()
        self.say(self.orp, "payer", "undetermined", "--until", self.day(60),
                 "--purpose", "measure", "--case", "GE-1")
        self.settle()

    def exchange(self, **facets):
        sent = self.send(self.orp, "echange-cii", **facets)
        self.assertEqual(verdict_of(sent, "ge.oai")["rule"], "R12")
        self.settle()
        return sent

    def after(self, *words):
        rows = [row for row in self.tasks(self.orp, *words,
                                          kind="inform-after")
                if row["rule"] == "R12"]
        self.assertEqual(len(rows), 1, rows)
        return rows[0]

    def letter(self, task, lang):
        row, = self.orp.ask("task", "letter", task["number"], "--lang", lang)
        return row["text"]

    def test_one_letter_tells_of_everything(self):
        self.exchange(plan={"goal": "emploi"})
        first = self.after()
        self.assertEqual(first["due"], self.day(30))
        self.at(5)
        self.exchange(entitlement={"daysLeft": "80"})
        self.say(self.orp, "record", "oral", "--to", "ge.oai", "--on",
                 self.day(5), "--function.workCapacity", "50", "--case",
                 "GE-1")
        self.settle()
        task = self.after()
        self.assertEqual((task["number"], task["events"], task["due"]),
                         (first["number"], "3", self.day(30)))
        shown = self.orp.ask("task", "show", task["number"])
        self.assertEqual([row["type"] for row in shown
                          if row["kind"] == "task_event"],
                         ["echange-cii", "echange-cii", "echange-oral"])
        for lang, duty, basis in (("fr", "85f al. 4 LACI", "LACI 85f al. 3-4"),
                                  ("de", "85f Abs. 4 AVIG",
                                   "AVIG 85f Abs. 3-4"),
                                  ("it", "85f cpv. 4 LADI",
                                   "LADI 85f cpv. 3-4")):
            with self.subTest(lang):
                text = self.letter(task, lang)
                self.assertIn(duty, " ".join(text.split()))
                self.assertEqual(text.count(basis), 3, text)
                self.assertEqual(text.count("ge.oai"), 3, text)
                self.assertIn("80", text)
                self.assertIn("50", text)
                self.assertIn(self.avs[-4:-2], text)
                self.assertNotIn("{{", text)

    def test_it_closes_with_its_proof(self):
        self.exchange(plan={"goal": "emploi"})
        number = self.after()["number"]
        done = self.orp.cii("task", "close", number, check=False)
        self.assertEqual(done.returncode, 2, "without a proof it is not done")
        done = self.orp.cii("task", "close", number, "--proof",
                            f"lettre à {avs_number(3)}", check=False)
        self.assertEqual(done.returncode, 3)
        self.orp.cii("task", "close", number, "--proof", "GED 2026/17")
        self.assertEqual(self.after("--all")["proof"], "GED 2026/17")
        # said again it is done; another proof contradicts the first
        self.orp.cii("task", "close", number, "--proof", "GED 2026/17")
        done = self.orp.cii("task", "close", number, "--proof", "GED 2",
                            check=False)
        self.assertEqual(done.returncode, 6)
        self.assertIn("its first proof stands", done.stderr)
        self.assertEqual(self.after("--all")["proof"], "GED 2026/17")

        # what goes afterwards, the person does not know yet
        self.exchange(entitlement={"daysLeft": "80"})
        later = self.after()
        self.assertNotEqual(later["number"], number)
        self.assertEqual(later["events"], "1")

    def test_what_was_said_is_judged_as_what_is_sent(self):
        rows = self.say(self.orp, "record", "oral", "--to", "ge.oai", "--on",
                        self.day(0), "--function.workCapacity", "50",
                        "--case", "GE-1")
        self.settle()
        self.assertEqual(verdict_of(next(r for r in rows if "verdicts" in r),
                                    "ge.oai")["rule"], "R12")
        self.assertEqual(self.after()["events"], "1")

    def test_a_letter_that_is_not_written_is_late(self):
        self.exchange(plan={"goal": "emploi"})
        self.at(31)
        wait_until(lambda: [row for row in self.tasks(self.orp, "--late")
                            if row["rule"] == "R12"],
                   what="the letter to be late")


class Consents(Story):
    """Who signs a text that tells of the rights was told by it."""

    names = ("ge.orp", "ge.as.hg")

    def grant(self, *more):
        orp, hg = self.offices
        self.dossier(orp, hg)
        return self.say(orp, "consent", "grant", "--case", "GE-1", "--among",
                        "ge.orp", "--among", "ge.as.hg", "--purpose",
                        "integration", "--opens", "identity", "--form",
                        "signe", "--express", "--told-of-rights", "--on",
                        self.day(0), "--until", self.day(300), *more)

    def test_the_signed_text_is_the_proof(self):
        self.grant("--text-version", "GE 2026-1", "--ref", "K-1")
        orp, _ = self.offices
        self.assertEqual(self.tasks(orp), [])
        task = self.task(orp, "inform-consent", "--all")
        self.assertEqual(task["proof"], "GE 2026-1")
        for lang in ("fr", "de", "it"):
            row, = orp.ask("consent", "letter", "K-1", "--lang", lang)
            self.assertIn("ge.as.hg", row["text"])

    def test_without_a_text_somebody_tells_it(self):
        self.grant()
        orp, _ = self.offices
        task = self.task(orp, "inform-consent")
        self.assertEqual(task["due"], self.day(0))
        self.say(orp, "information", "record", "--about", "consent", "--on",
                 self.day(0), "--how", "entretien", "--proof", "PV 3",
                 "--case", "GE-1")
        self.assertEqual(self.tasks(orp), [])


if __name__ == "__main__":
    unittest.main()
