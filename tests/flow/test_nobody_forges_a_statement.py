# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""A partner that states what it may not: refused, recorded, and nothing rests
on it. The liar speaks the wire and shares no code with the daemon; it is a
social service, whose word opens files if it is believed."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from foreign import Foreign, draft, header_of  # noqa: E402
from institutions import PERSON, Canton, wait_until  # noqa: E402
from statements import (consent, dossier, line, reciprocity,  # noqa: E402
                        registration, today, verdict_of, withdrawal)

ON_WIRE = {**PERSON, "avs": PERSON["avs"].replace(".", "")}
LIAR, OTHER = "ge.as.hg", "ge.oai"


def said_by(one):
    """A line for `cii send -` as the foreign partner issues it."""
    facets = {**one["facets"]}
    if "identity" in facets:
        facets["identity"] = ON_WIRE
    return draft(one["type"], on=one["on"], case=one["case"], **facets)


class Forged(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton(competent=False))
        cls.orp = cls.canton.add("ge.orp")
        cls.liar = Foreign(cls.canton, LIAR)
        cls.other = Foreign(cls.canton, OTHER)
        for partner in (cls.liar, cls.other):
            cls.orp.know(partner, dial=False)
            partner.trust(cls.orp)
        cls.orp.start()
        dossier(cls.orp, [LIAR])
        cls.sent = cls.orp.send_lines([registration()])[0]
        # the office's own consent for another pair: the liar is not named
        cls.orp.send_lines([consent("ge.orp", f"ge.orp {OTHER}", ref="C-other"),
                            reciprocity(LIAR)])

    def tell(self, event):
        """What became of a delivery: "accepted", or why it was refused."""
        link = self.liar.dial(self.orp)
        self.liar.greet(link, self.orp)
        self.liar.deliver(link, event)
        seq = len(self.liar.out)
        self.liar.run(link, lambda: self.liar.is_receipted(seq))
        link.close()
        reason = self.liar.is_receipted(seq)
        if reason == "not-in-catalogue":
            rows = self.orp.ask("refusal", "list")
            self.fail(max(rows, key=lambda row: row["at"]))
        return reason

    def refused(self, label, event):
        with self.subTest(label):
            before = len(self.orp.ask("refusal", "list"))
            reason = self.tell(event)
            self.assertIn(reason, ("predicate", "no-rule", "denied",
                                   "not-concerned"), label)
            self.assertEqual(len(self.orp.ask("refusal", "list")), before + 1,
                             "it is on record")
            verdict = self.now()
            self.assertEqual(verdict["verdict"], "refuse",
                             f"{label} opened {verdict}")

    def now(self):
        """What the law says of the registration, were it to go now."""
        rows = self.orp.ask("explain", self.sent["id"], "--to", LIAR)
        return [row for row in rows if row["kind"] == "judgement"][-1]

    def test_what_may_not_be_stated_is_refused_and_opens_nothing(self):
        liar = self.liar
        by_other = self.other.issue(draft(
            "attestation-client", on=today(), case="GE-1", identity=ON_WIRE,
            attestation={"clientSince": today(-1),
                         "clientUntil": today(100)}))[0]

        def attested(since, until):
            return liar.issue(draft(
                "attestation-client", on=today(), case="GE-1",
                identity=ON_WIRE, attestation={"clientSince": today(since),
                                              "clientUntil": today(until)}))[0]

        def consented(by=LIAR, pair=f"ge.orp {LIAR}", **fields):
            return liar.issue(said_by(consent(by, pair, ref="C-liar",
                                              **fields)))[0]

        for label, event in (
                ("a consent that the office is said to have obtained",
                 consented(by="ge.orp")),
                ("a consent that a third is said to have obtained",
                 consented(by=OTHER)),
                ("a consent that does not name the office",
                 consented(pair=f"{LIAR} {OTHER}")),
                ("a consent that names neither",
                 consented(pair=f"ge.cch {OTHER}")),
                ("a consent for three",
                 consented(pair=f"ge.orp {LIAR} {OTHER}")),
                ("a consent given tomorrow", consented(consentOn=today(1))),
                ("a consent that is over",
                 consented(consentOn=today(-30), consentUntil=today(-1))),
                ("a consent of somebody who was not told",
                 consented(toldOfRights="no")),
                ("an attestation without any consent", attested(-1, 100)),
                ("an attestation of a day to come", liar.issue(draft(
                    "attestation-client", on=today(90), case="GE-1",
                    identity=ON_WIRE, attestation={
                        "clientSince": today(-1),
                        "clientUntil": today(250)}))[0]),
                ("an attestation for a year", attested(-1, 365)),
                ("an attestation that begins tomorrow", attested(1, 100)),
                ("an attestation that is over", attested(-200, -1)),
                ("another's attestation, passed on", by_other),
                ("a stranger's withdrawal", liar.issue(said_by(
                    withdrawal("C-other")))[0]),
                ("a withdrawal of nothing", liar.issue(said_by(
                    withdrawal("C-none")))[0]),
                ("the end of another's event", liar.issue(draft(
                    "fin-attestation", on=today(), identity=ON_WIRE,
                    reply=header_of(by_other).event_id))[0]),
                ("a request that asks somebody else", liar.issue(said_by(
                    line("demande-renseignements", {"request": {
                        "requestTo": OTHER, "requestPurpose": "fixer",
                        "requestReason": "nouvelle-demande",
                        "legalBasis": "LACI 97a", "asks": "entitlement",
                        "answerBy": today(9)}})))[0]),
                ("a request that is past", liar.issue(said_by(
                    line("demande-renseignements", {"request": {
                        "requestTo": "ge.orp", "requestPurpose": "fixer",
                        "requestReason": "nouvelle-demande",
                        "legalBasis": "LACI 97a", "asks": "entitlement",
                        "answerBy": today(-1)}})))[0]),
                ("a list of persons", liar.issue(draft("liste-navs"))[0])):
            self.refused(label, event)

        # the other pair's consent still holds: nobody ended it
        ours = self.orp.send_lines([line("mesure",
                                         {"plan": {"goal": "emploi"}})])[0]
        self.assertNotIn("has ended", str(verdict_of(ours, LIAR)))

        # and the same partner, honest, is believed
        self.assertEqual(self.tell(consented()), "accepted")
        self.assertEqual(self.tell(attested(-1, 100)), "accepted")
        self.assertEqual(self.tell(liar.issue(draft(
            "reciprocite", on=today(), reciprocity={
                "grantedTo": "ge.orp", "sends": "ouverture-as",
                "reciprocityFrom": today(-1),
                "reciprocityUntil": today(99)}))[0]), "accepted")
        wait_until(lambda: self.now()["verdict"] == "transmit",
                   what="the registration to be allowed")

        # what the person withdrew stays withdrawn, whoever says it again
        given = consented()
        self.orp.send_lines([withdrawal("C-liar")])
        self.assertEqual(self.now()["verdict"], "refuse")
        self.assertNotEqual(self.tell(given), "accepted")
        self.assertNotEqual(self.tell(consented(textVersion="2")), "accepted")
        self.assertEqual(self.now()["verdict"], "refuse")


if __name__ == "__main__":
    unittest.main()
