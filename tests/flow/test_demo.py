#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""The demonstration plays to its end, and every outcome is the story's."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import os
import subprocess
import unittest

from institutions import BIN, ROOT


class Demonstration(unittest.TestCase):
    def test_every_outcome_is_the_storys(self):
        done = subprocess.run(
            [sys.executable, "-B", str(ROOT / "tests/demo/play.py")],
            env={**os.environ, "CII_BIN": str(BIN)}, capture_output=True,
            text=True, timeout=550)
        said = done.stdout + done.stderr
        self.assertEqual(done.returncode, 0, said)
        self.assertRegex(said, r"\d+ outcomes checked, 0 wrong")
        self.assertNotIn("\033", said, "colours outside a terminal")


if __name__ == "__main__":
    unittest.main()
