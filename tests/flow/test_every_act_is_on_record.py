#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""Each control socket takes the verbs of its role and no others, and whatever
is asked is recorded with who asked and what became of it, reading included.
What each role may do is docs/control.md.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import os
import re
import subprocess
import unittest

from control import FORBIDDEN, Program, request
from institutions import PERSON, ROOT, Canton, avs_number

ROLES = ("operator", "counsellor", "auditor", "administrator")
NOBODY = 65534


def verbs():
    """{verb: roles that may} as docs/control.md says."""
    rows = re.findall(r"^\| `([a-z-]+)`[R ]*\| ([a-z ]+) \|",
                      (ROOT / "docs/control.md").read_text(), re.M)
    return {verb: ROLES if roles == "all" else tuple(roles.split())
            for verb, roles in rows if set(roles.split()) <= {*ROLES, "all"}}


class EveryActIsOnRecord(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, = cls.canton.open("ge.orp")

    def acts(self):
        """Newest first, without those of the daemon itself."""
        return [row for row in self.orp.ask("act", "list", "--limit", "10000",
                                            role="auditor")]

    def test_a_role_takes_its_verbs_and_no_others(self):
        table = verbs()
        self.assertGreater(len(table), 15, table)
        for verb, allowed in table.items():
            for role in ROLES:
                with self.subTest(verb=verb, role=role), \
                        Program(self.orp, role) as program:
                    if verb == "watch" and role in allowed:
                        continue  # has no end
                    program.ask(verb)
                    code, text, rows = program.answer()
                    if role in allowed:
                        self.assertNotEqual(code, FORBIDDEN, text)
                        continue
                    self.assertEqual(code, FORBIDDEN)
                    self.assertEqual(rows, [])
                    self.assertIn(f'"{verb}" is not for the role {role}', text)
                    for other in allowed:
                        self.assertIn(other, text)
                    act = self.acts()[1]
                    self.assertEqual((act["verb"], act["role"], act["result"]),
                                     (verb, role, "FORBIDDEN"))

    def test_cii_says_so_with_a_status_of_its_own(self):
        done = self.orp.cii("act", "list", role="operator", check=False)
        self.assertEqual(done.returncode, 4)
        self.assertIn("auditor", done.stderr)
        self.assertEqual(done.stdout, "")

    def test_every_question_is_one_act_with_who_and_what(self):
        event = self.orp.send("inscription-orp", identity=PERSON,
                              dates={"from": "2026-01-05"})["id"]
        for words, role, verb, subject in (
                (("query", "--avs", PERSON["avs"]), "counsellor", "query", ""),
                (("query",), "auditor", "query", ""),
                (("show", event), "operator", "show", event),
                (("explain", event), "auditor", "explain", event),
                (("status",), "administrator", "status", ""),
                (("partner", "list"), "operator", "partners", ""),
                (("types",), "operator", "catalogue", ""),
                (("dossier", "list"), "counsellor", "dossier-list", ""),
                (("match", "list"), "operator", "matches", ""),
                (("refusal", "list"), "auditor", "refusals", ""),
                (("verify",), "administrator", "verify", ""),
                (("clock",), "administrator", "clock", "")):
            with self.subTest(words):
                before = self.acts()
                self.orp.cii("--as", "anne.rochat", *words, role=role)
                after = self.acts()
                self.assertEqual(len(after), len(before) + 2,
                                 "one act for it, one for looking")
                act = after[1]
                self.assertEqual(
                    (act["verb"], act["role"], act["user"], act["result"],
                     act["uid"], act.get("subject", "")),
                    (verb, role, "anne.rochat", "OK", str(os.getuid()),
                     subject))
                self.assertRegex(act["at"], r"^\d{4}-\d\d-\d\dT.*Z$")
        # whom it was about is on record, without saying who that is
        about = [act for act in self.acts() if act["verb"] == "query"
                 and act.get("person")]
        self.assertTrue(about)
        self.assertNotIn(PERSON["avs"], str(self.acts()))

    def test_what_failed_is_on_record_as_well(self):
        unknown = "0192d8a4-7c00-7000-8000-00000000abcd"
        self.orp.cii("explain", unknown, check=False)
        act = self.acts()[1]
        self.assertEqual((act["verb"], act["result"], act["subject"]),
                         ("explain", "UNKNOWN", unknown))

    def test_acts_outlive_the_daemon(self):
        self.orp.cii("--as", "before.the.end", "status")
        self.orp.kill()
        self.orp.start()
        self.assertIn("before.the.end", [a.get("user") for a in self.acts()])

    @unittest.skipIf(os.getuid() != 0, "only root can act as others")
    def test_the_kernel_says_who_asked(self):
        folder = self.orp.run_dir / "control"
        os.chmod(self.canton.folder, 0o755)

        def status():
            program = ("import socket,sys;s=socket.socket(socket.AF_UNIX);"
                       "s.connect(sys.argv[1]);s.sendall(sys.stdin.buffer.read"
                       "());print(len(s.recv(65536)))")
            return subprocess.run(
                ["/usr/bin/python3", "-c", program,
                 str(folder / "operator.sock")], user=NOBODY, group=NOBODY,
                extra_groups=[], input=request("status"), capture_output=True)
        mode = (folder / "operator.sock").stat().st_mode
        self.assertEqual(mode & 0o777, 0o660)
        self.assertNotEqual(status().returncode, 0, "the file says who may")
        os.chmod(folder / "operator.sock", 0o666)
        self.assertEqual(status().returncode, 0)
        os.chmod(folder / "operator.sock", mode & 0o777)
        self.assertEqual(self.acts()[1]["uid"], str(NOBODY))

    def test_many_events_are_one_act_that_counts_them(self):
        lines = [{"type": "fin-de-droits", "on": "2026-01-05", "test": True,
                  "facets": {"identity": {"avs": avs_number(i)},
                             "entitlement": {"cause": "quota"}}}
                 for i in range(50)]
        self.orp.send_lines(lines)
        sent = [act for act in self.acts() if act["verb"] == "send"]
        self.assertRegex(sent[0]["subject"], r"^\d+ drafts, first [0-9a-f-]+")
        self.assertNotIn(avs_number(1), str(sent))


if __name__ == "__main__":
    unittest.main()
