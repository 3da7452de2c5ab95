#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: quick
"""A slip of whoever runs or asks an office is refused, and harms nobody.

A copy of the configuration with another state folder, a certificate taken
from the wrong folder, an empty shell variable, a flag without its value.
"""

import pathlib
import shutil
import subprocess
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
from institutions import AVS, BIN, PERSON, Canton  # noqa: E402


class ClumsyHands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = Canton()
        cls.orp, cls.cch = cls.canton.open("ge.orp", "ge.cch")
        cls.sent = cls.orp.send("inscription-orp", to=["ge.cch"],
                                identity=PERSON, dates={"from": "2026-01-05"})

    @classmethod
    def tearDownClass(cls):
        cls.canton.__exit__()

    def start_and_fail(self, config):
        return subprocess.run([str(BIN / "ciid"), str(config)], timeout=60,
                              capture_output=True, text=True, check=False)

    def test_a_copy_with_another_store_takes_no_sockets(self):
        other = self.orp.folder / "state2"
        other.mkdir(mode=0o700)
        copy = self.orp.folder / "copy.yaml"
        text = (self.orp.folder / "ciid.yaml").read_text()
        copy.write_text(text.replace(str(self.orp.folder / "state"),
                                     str(other)))

        done = self.start_and_fail(copy)

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("give this one a run_dir of its own", done.stderr)
        self.assertEqual(self.orp.link("ge.cch")["state"], "up")
        self.assertEqual(len(self.orp.events("--avs", AVS)), 1)

    def test_a_certificate_of_another_is_noticed_at_start(self):
        office = self.canton.add("ge.oai")
        for name in ("tls-cert.pem", "tls-key.pem"):
            shutil.copy(self.cch.folder / "keys" / name,
                        office.folder / "keys" / name)

        done = self.start_and_fail(office.folder / "ciid.yaml")

        self.assertNotEqual(done.returncode, 0)
        self.assertIn("the certificate is that of ge.cch; this is ge.oai",
                      done.stderr)
        self.assertEqual(self.orp.link("ge.cch")["state"], "up")

    def test_an_empty_filter_is_not_everybody(self):
        for flag in ("--case", "--name", "--local-id", "--type", "--direction",
                     "--avs", "--partner", "--from"):
            with self.subTest(flag=flag):
                done = self.orp.cii("query", flag, "", check=False)
                self.assertNotEqual(done.returncode, 0)
                self.assertNotIn("inscription-orp", done.stdout)

    def test_a_flag_without_its_value_is_named(self):
        for words in (["--run-dir"], ["--role"],
                      ["--run-dir", "/x", "--run-dir"]):
            with self.subTest(words=words):
                self.assertEqual(
                    self.canton.cii(*words, check=False).returncode, 2)

    def test_watching_for_what_there_is_not_is_refused(self):
        for words in (["--type", "nope"], ["--partner", "ge.nope"]):
            with self.subTest(words=words):
                done = self.orp.cii("watch", *words, check=False)
                self.assertNotEqual(done.returncode, 0)


if __name__ == "__main__":
    unittest.main()
