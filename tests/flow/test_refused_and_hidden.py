# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""What was refused on arrival explains itself and shows no content; what a
withdrawal hides shows that it is hidden, and no content either."""

import pathlib
import shutil
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import (CONFIG, PERSON, Canton, avs_number,  # noqa: E402
                          wait_until)  # noqa: E402
from statements import (attestation, consent, dossier,  # noqa: E402
                        reciprocity, registration, settle, withdrawal)


def person(index):
    return {**PERSON, "avs": avs_number(index)}


class Hidden(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton(competent=False))
        cls.orp, cls.hg = cls.canton.open("ge.orp", "ge.as.hg")
        cls.hg.send_lines([reciprocity("ge.orp", "ouverture-as")])
        cls.orp.send_lines([reciprocity("ge.as.hg")])
        cls.who = person(1)
        for one, other in ((cls.orp, "ge.as.hg"), (cls.hg, "ge.orp")):
            dossier(one, [other], person=cls.who)
        cls.sent = cls.orp.send_lines([registration(cls.who)])[0]["id"]
        cls.orp.send_lines([consent("ge.orp", "ge.orp ge.as.hg",
                                    person=cls.who),
                            attestation(["ge.as.hg"], person=cls.who)])
        settle(cls.orp, cls.hg)
        cls.hg.send_lines([attestation(["ge.orp"], person=cls.who)])
        settle(cls.orp, cls.hg)
        cls.before = cls.hg.ask("show", cls.sent)[0]
        cls.end, = cls.orp.send_lines([withdrawal(person=cls.who)])
        settle(cls.orp, cls.hg)

    def test_it_says_that_it_is_hidden_and_no_more(self):
        self.assertEqual(self.before["plan"]["goal"], "emploi",
                         "it was shown before")
        row = self.hg.ask("show", self.sent)[0]
        self.assertEqual(row["hidden_because"], self.end["id"])
        self.assertTrue(row["hidden_at"])
        self.assertEqual(
            set(row) - {"kind"},
            {"id", "issuer", "type", "direction", "discloser", "hidden_at",
             "hidden_because"})
        page = self.hg.cii("show", self.sent).stdout
        self.assertIn("was withdrawn", page)
        for word in ("emploi", self.who["avs"], "Exemple"):
            self.assertNotIn(word, page)

    def test_no_list_shows_it(self):
        text = self.hg.cii("--json", "query", "--avs", self.who["avs"]).stdout
        self.assertNotIn(self.sent, text)
        # of the statements that came under the consent only that they did
        rows = self.hg.ask("statement", "list", "--avs", self.who["avs"],
                           "--ended")
        hidden = [row for row in rows if row["type"] == "attestation-client"
                  and row["issuer"] == "ge.orp"]
        self.assertTrue(all(row["hidden"] == "yes" for row in hidden))
        self.assertFalse(any("attestation" in row for row in hidden))

    def test_it_is_explained_all_the_same(self):
        row = self.hg.ask("explain", self.sent)[0]
        self.assertEqual((row["verdict"], row["rule"]), ("transmit", "R01"))

    def test_the_issuer_sees_its_own(self):
        self.assertEqual(self.orp.ask("show", self.sent)[0]["plan"]["goal"],
                         "emploi")


class Refused(unittest.TestCase):
    def test_both_sides_explain_it(self):
        """Whoever receives it has stricter rules than who sends it."""
        with Canton() as canton:
            orp, cch = canton.add("ge.orp"), canton.add("ge.cch")
            folder = cch.folder / "rules"
            strict(folder)
            cch.write_config(rules=str(folder))
            canton.introduce()
            for office in (orp, cch):
                office.start()
            orp.wait_link("ge.cch")
            cch.wait_link("ge.orp")
            sent = orp.send_lines([registration(person(2))])[0]["id"]
            settle(orp, cch)

            self.assertEqual(cch.arrived(), [])
            refusal, = cch.ask("explain", sent)
            self.assertEqual((refusal["kind"], refusal["id"],
                              refusal["issuer"]),
                             ("refusal", sent, "ge.orp"))
            self.assertTrue(refusal["detail"])
            page = cch.cii("explain", sent).stdout
            self.assertIn("refused when it arrived", page)
            self.assertIn(refusal["reason"], page)
            self.assertNotIn("emploi", page)

            def refused():
                return [row for row in orp.ask("explain", sent)
                        if row["kind"] == "receipt"
                        and row["state"] == "refused"]
            receipt, = wait_until(refused, what="the receipt")
            self.assertEqual(receipt["partner"], "ge.cch")
            self.assertIn(receipt["reason"],
                          orp.cii("explain", sent).stdout)


def strict(folder):
    """The rules of the product without R00."""
    shutil.copytree(CONFIG / "rules", folder)
    file = folder / "federal" / "laci.yaml"
    text = file.read_text()
    begin = text.index("  - id: R00\n")
    end = text.index("  - id: ", begin + 1)
    file.write_text(text[:begin] + text[end:])


if __name__ == "__main__":
    unittest.main()
