#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: full
"""A jurist reads, checks and draws the rules with `cii rules` alone: no daemon
runs. A mistake is named with file, line and the nearest name; the page of who
may tell whom is one file that a browser shows whole, with no network and with
no script.
"""
import html.parser
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(os.environ.get("CII_BIN", SOURCE / "build/dev/bin")).resolve()
RULES = SOURCE / "config/rules"
DONE, FOUND, USAGE, UNREAD, FAULT = 0, 1, 2, 3, 70


def rules(*words, **env):
    """cii rules WORDS, as a user types it."""
    return subprocess.run(
        [BIN / "cii", "rules", *map(str, words)], text=True,
        capture_output=True, check=False, timeout=120,
        env={**os.environ, "COLUMNS": "100", **env})


class Folder(unittest.TestCase):
    """A copy of the shipped law, to make mistakes in."""

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="cii-rules-"))
        self.addCleanup(shutil.rmtree, self.folder)
        shutil.copytree(RULES, self.folder / "rules")
        for name in ("facets.yaml", "event-types.yaml"):
            shutil.copy(SOURCE / "config" / name, self.folder)
        self.rules = self.folder / "rules"

    def change(self, name, old, new):
        """One word in one file; the line that it stood in."""
        path = self.rules / name
        text = path.read_text(encoding="utf-8")
        self.assertIn(old, text)
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        return text[:text.index(old)].count("\n") + 1


class Lint(Folder):
    def test_good_rules_are_good(self):
        run = rules("lint", self.rules)
        self.assertEqual(run.returncode, DONE, run.stdout + run.stderr)
        self.assertRegex(run.stdout, r"no error, \d+ warnings?\n$")

    def test_strictly_nobody_signed_is_a_finding(self):
        run = rules("lint", self.rules, "--strict")
        self.assertEqual(run.returncode, FOUND)
        self.assertIn("nobody has signed off rule R11", run.stdout)

    def test_a_typing_error_has_file_line_and_the_nearest_name(self):
        line = self.change("federal/lai.yaml", "lane: release", "lanne: release")
        run = rules("lint", self.rules)
        self.assertEqual(run.returncode, FOUND)
        self.assertIn(f"{self.rules}/federal/lai.yaml:{line}: ", run.stdout)
        self.assertIn("did you mean 'lane'?", run.stdout)

    def test_one_run_names_the_mistakes_of_all_files(self):
        self.change("federal/lai.yaml", "[told-beforehand", "[told-beforhand")
        self.change("cantonal-default.yaml", "to: [orp, lmmt]", "to: [opr, lmmt]")
        self.change("federal/lei.yaml", "facets: [identity", "facets: [identty")
        run = rules("lint", self.rules, "--json")
        found = json.loads(run.stdout)
        self.assertEqual(run.returncode, FOUND)
        said = {(pathlib.Path(one["file"]).name, one["level"]): one["what"]
                for one in found["findings"]}
        self.assertIn("did you mean 'orp'?",
                      said["cantonal-default.yaml", "error"])
        self.assertIn("did you mean 'identity'?", said["lei.yaml", "error"])
        self.assertEqual(found["errors"], 2)

    def test_a_need_that_is_mistyped_is_seen(self):
        self.change("federal/lai.yaml", "[told-beforehand", "[told-beforhand")
        run = rules("lint", self.rules)
        self.assertEqual(run.returncode, DONE)
        self.assertIn("needs 'told-beforhand', which nobody defines", run.stdout)
        self.assertIn("did you mean 'told-beforehand'?", run.stdout)

    def test_a_rule_in_the_shade_of_another_is_seen(self):
        with (self.rules / "federal/laci.yaml").open("a", encoding="utf-8") as file:
            file.write("\n  - id: R00b\n    from: [orp]\n    to: [cch]\n"
                       "    events: [mesure]\n    lane: release\n"
                       "    facets: [identity]\n    citation: none\n")
        run = rules("lint", self.rules)
        self.assertIn("rule R00b is never taken: R00 (", run.stdout)

    def test_what_is_not_there_is_no_finding(self):
        run = rules("lint", self.folder / "nowhere")
        self.assertEqual(run.returncode, UNREAD)
        self.assertIn("nowhere", run.stderr)


class Words(Folder):
    def test_a_rule_is_shown_in_words(self):
        run = rules("show", "R11", "--rules", self.rules)
        self.assertEqual(run.returncode, DONE, run.stderr)
        for words in ("orp (regional employment office)", "detection-precoce",
                      "release: the law lifts secrecy", "LAI 3b al. 1-3",
                      "told-beforehand (LAI 3b al. 3)",
                      "tell the person first", "before it is sent",
                      "by nobody", "lai.yaml:"):
            self.assertIn(words, run.stdout)

    def test_rule_and_predicate_are_shown_as_json(self):
        run = rules("show", "R11", "told-beforehand", "--rules", self.rules,
                    "--json")
        rule, predicate = json.loads(run.stdout)
        self.assertEqual(rule["rule"], "R11")
        self.assertEqual(rule["answer_within"], 30)
        self.assertEqual(predicate["all"][0]["test"], "before-sending")

    def test_a_wrong_name_gives_the_nearest(self):
        run = rules("show", "told-beforhand", "--rules", self.rules)
        self.assertEqual(run.returncode, USAGE)
        self.assertIn("did you mean 'told-beforehand'?", run.stderr)

    def test_a_wrong_flag_gives_the_nearest(self):
        run = rules("matrix", "--rules", self.rules, "--hmtl", "m.html")
        self.assertEqual(run.returncode, USAGE)
        self.assertIn("did you mean --html?", run.stderr)

    def test_tables_are_judged(self):
        table = self.folder / "table.yaml"
        case = ("title: a table\nnow: \"2026-03-01\"\nprofile: pilot\ncases:\n"
                "  - name: nobody tells a fund of a report\n"
                "    from: ge.orp\n    to: ge.cch\n    event: detection-precoce\n"
                "    on: \"2026-02-01\"\n"
                "    facets: [\"identity.officialName=B.\",\n"
                "             \"report.informedOn=2026-02-01\",\n"
                "             \"report.incapableOfWork=yes\"]\n"
                "    expect: %s\n")
        table.write_text(case % "refuse", encoding="utf-8")
        right = rules("test", "--rules", self.rules, table)
        table.write_text(case % "transmit", encoding="utf-8")
        wrong = rules("test", "--rules", self.rules, table)
        self.assertEqual((right.returncode, wrong.returncode), (DONE, FOUND),
                         right.stdout + right.stderr)
        self.assertIn("expected transmit, got refuse", wrong.stdout)

    def test_a_program_that_is_not_there_is_named(self):
        run = rules("lint", self.rules, CIID_LAW="/nowhere/ciid-law")
        self.assertEqual(run.returncode, FAULT)
        self.assertIn("/nowhere/ciid-law", run.stderr)


# --- the page, as a browser shows it -----------------------------------------

class Page(html.parser.HTMLParser):
    """Cells with their rules, cards, and what the panel holds."""

    def __init__(self, text):
        super().__init__()
        self.cells, self.cards, self.panel, self.hidden = {}, {}, [], set()
        self.cell = self.in_panel = None
        self.classes = set()
        self.panel_hidden = True
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        if tag == "html":
            self.classes = set((attrs.get("class") or "").split())
        elif tag == "td":
            self.cell = attrs["id"]
            self.cells[self.cell] = []
        elif tag == "a" and self.cell and "hidden" not in attrs:
            self.cells[self.cell].append(attrs["data-rule"])
        elif tag == "aside":
            self.in_panel = True
            self.panel_hidden = "hidden" in attrs
        elif tag == "article" and self.in_panel:
            self.panel.append(attrs["data-rule"])
        elif tag == "article":
            self.cards[attrs["data-rule"]] = attrs

    def handle_endtag(self, tag):
        if tag == "td":
            self.cell = None


class Matrix(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.chromium = shutil.which("chromium")
        if not cls.chromium:
            raise AssertionError("chromium is not installed: see packages.txt")
        cls.kept = BIN.parent / "artefacts"
        cls.kept.mkdir(exist_ok=True)
        cls.page = cls.kept / "matrix.html"
        run = rules("matrix", "--rules", RULES, "--html", cls.page)
        assert run.returncode == DONE, run.stderr
        cls.law = json.loads(rules("matrix", "--rules", RULES, "--json").stdout)

    def browse(self, *words):
        with tempfile.TemporaryDirectory(prefix="cii-chromium-") as profile:
            run = subprocess.run(
                [self.chromium, "--headless", "--no-sandbox", "--disable-gpu",
                 "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync",
                 f"--user-data-dir={profile}", *words],
                text=True, capture_output=True, check=False, timeout=180)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout

    def test_a_browser_shows_every_cell_and_opens_one(self):
        dom = Page(self.browse("--dump-dom", f"{self.page.as_uri()}#orp-oai"))
        self.assertIn("scripted", dom.classes)
        self.assertEqual(len(dom.cells), 16 * 16)
        for cell in self.law["cells"]:
            self.assertEqual(dom.cells[f"{cell['from']}-{cell['to']}"],
                             cell["rules"])
        self.assertEqual(sorted(dom.cards),
                         sorted(rule["rule"] for rule in self.law["rules"]))
        self.assertFalse(dom.panel_hidden)
        self.assertEqual(dom.panel, dom.cells["orp-oai"])
        self.assertIn("R11", dom.panel)

    def test_without_its_script_the_page_is_whole(self):
        text = self.page.read_text(encoding="utf-8")
        bare = Page(re.sub(r"<script>.*?</script>", "", text, flags=re.S))
        self.assertNotIn("scripted", bare.classes)
        targets = set(re.findall(r'<article [^>]* id="([^"]*)"', text))
        links = set(re.findall(r'href="#([^"]*)"', text))
        self.assertTrue(links and links <= targets, links - targets)
        self.assertIn("R11", bare.cells["orp-oai"])

    def test_the_page_is_one_file(self):
        text = self.page.read_text(encoding="utf-8")
        self.assertNotRegex(text, r"://|\bsrc=|url\(|@import|<link|<iframe")
        self.assertIn("default-src 'none'", text)

    def test_it_is_looked_at(self):
        picture = self.kept / "matrix.png"
        picture.unlink(missing_ok=True)
        self.browse("--hide-scrollbars", "--window-size=1700,1400",
                    f"--screenshot={picture}", self.page.as_uri())
        data = picture.read_bytes()
        self.assertEqual(data[:8], b"\x89PNG\r\n\x1a\n")
        self.assertEqual(struct.unpack(">II", data[16:24]), (1700, 1400))
        # an empty page of this size is a few kilobytes
        self.assertGreater(len(data), 100_000)


if __name__ == "__main__":
    unittest.main(verbosity=2, argv=[sys.argv[0]])
