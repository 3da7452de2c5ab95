#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
# ctest: quick
"""What `cii` does, a program does too: one in C that knows include/cii alone
sends, streams, asks and watches, and the same headers serve C++.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import re
import shutil
import subprocess
import unittest

from institutions import BIN, PERSON, ROOT, Canton, avs_number

PROGRAM = r"""
#include <stdio.h>
#include <string.h>

#include <cii/client.h>

static struct cii_error err;
static unsigned long rows, outcomes, refused;

/* Says where it stands, and goes no further. */
#define MUST(what)                                             \
    do {                                                       \
        if (!(what)) {                                         \
            printf("line %d: %s: %s\n", __LINE__, #what, err.text); \
            return 1;                                          \
        }                                                      \
    } while (0)

static bool
row_seen(void *context, const struct cii_record *record)
{
    (void)context;
    rows++;
    printf("row %s %s %s\n", record->kind, cii_record_get(record, "type"),
           cii_record_get(record, "identity.officialName"));
    return true;
}

static void
outcome_seen(void *context, const struct cii_outcome *outcome)
{
    (void)context;
    outcomes++;
    if (outcome->line != outcomes)
        printf("out of order: %lu\n", (unsigned long)outcome->line);
    if (outcome->code != CII_OK) {
        refused++;
        printf("refused %lu %s\n", (unsigned long)outcome->line,
               outcome->field);
    }
}

static int
make(struct cii_event **event, const char *type, const char *day,
     const char *avs)
{
    MUST(cii_event_new(event, type, day, &err) == CII_OK);
    MUST(cii_event_set(*event, NULL, "test", "yes", &err) == CII_OK);
    MUST(cii_event_set(*event, "identity", "avs", avs, &err) == CII_OK);
    return 0;
}

static int
send_one(struct cii_client *client, const char *partner, const char *avs)
{
    struct cii_event *event = NULL;
    struct cii_outcome outcome;
    char id[37];

    if (make(&event, "inscription-orp", "2026-01-05", avs))
        return 1;
    MUST(cii_event_id_new(id, &err) == CII_OK);
    MUST(cii_event_set(event, NULL, "id", id, &err) == CII_OK);
    MUST(cii_event_set(event, NULL, "to", partner, &err) == CII_OK);
    MUST(cii_event_set(event, "identity", "officialName", "Exemple", &err) ==
         CII_OK);
    MUST(cii_event_set(event, "dates", "from", "2026-01-05", &err) == CII_OK);
    MUST(cii_send(client, event, &outcome, &err) == CII_OK);
    MUST(outcome.verdict_count == 1 && !strcmp(outcome.event_id, id));
    printf("sent to %s: %s by %s\n", outcome.verdict[0].partner,
           outcome.verdict[0].verdict, outcome.verdict[0].rule);
    MUST(cii_send(client, event, &outcome, &err) == CII_OK);
    MUST(outcome.code == CII_DUPLICATE);
    cii_event_destroy(&event);
    return 0;
}

static int
send_wrong(struct cii_client *client, const char *type, const char *avs)
{
    struct cii_event *event = NULL;
    struct cii_outcome outcome;

    if (make(&event, type, "2026-01-05", avs))
        return 1;
    MUST(cii_event_set(event, "entitlement", "cause", "quota", &err) ==
         CII_OK);
    MUST(cii_send(client, event, &outcome, &err) == CII_INVALID);
    MUST(outcome.code == CII_INVALID);
    printf("wrong %s: %s\n", outcome.field, outcome.text);
    cii_event_destroy(&event);
    return 0;
}

static int
stream(struct cii_client *client, const char *avs)
{
    MUST(cii_stream(client, 64, outcome_seen, NULL, &err) == CII_OK);
    for (uint64_t line = 1; line <= 300; line++) {
        struct cii_event *event = NULL;
        if (make(&event, "fin-de-droits", "2026-02-03", avs))
            return 1;
        MUST(cii_event_set(event, "entitlement", "cause",
                           line == 100 ? "nothing" : "quota",
                           &err) == CII_OK);
        MUST(cii_submit(client, line, event, &err) == CII_OK);
        cii_event_destroy(&event);
    }
    MUST(cii_flush(client, &err) == CII_OK);
    printf("streamed %lu, refused %lu\n", outcomes, refused);
    return 0;
}

/* argv: run folder, partner, AVS number, AVS number with a wrong digit */
int
main(int argc, char **argv)
{
    struct cii_client *client = NULL;

    MUST(setvbuf(stdout, NULL, _IONBF, 0) == 0 && argc == 5);
    MUST(cii_connect(&client, argv[1], "operator", &err) == CII_OK);
    MUST(cii_act_as(client, "anne", &err) == CII_OK);
    if (send_one(client, argv[2], argv[3]) ||
        send_wrong(client, "fin-de-droits", argv[4]) ||
        send_wrong(client, "fin-de-droit", argv[3]) ||
        stream(client, argv[3]))
        return 1;

    const struct cii_field wanted[] = {{"avs", argv[3]},
                                       {"type", "inscription-orp"}};
    MUST(cii_ask(client, "query", wanted, 2, row_seen, NULL, &err) == CII_OK);
    MUST(rows == 1);
    cii_disconnect(&client);

    MUST(cii_connect(&client, argv[1], "auditor", &err) == CII_OK);
    MUST(cii_ask(client, "verify", NULL, 0, NULL, NULL, &err) ==
         CII_FORBIDDEN);
    printf("%s\n", err.text);
    cii_disconnect(&client);
    MUST(cii_connect(&client, "/nowhere", "operator", &err) == CII_OFFLINE);
    printf("%s\n", err.text);
    return 0;
}
"""

CXX = r"""
#include <cii/attributes.h>
#include <cii/client.h>
#include <cii/error.h>

int
main()
{
    cii_error err = {};
    cii_client *client = nullptr;
    const bool offline =
        cii_connect(&client, "/nowhere", "operator", &err) == CII_OFFLINE;
    cii_disconnect(&client);
    return offline ? 0 : 1;
}
"""

C_FLAGS = ["-std=c17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
CXX_FLAGS = ["-std=c++17", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]


def sanitizers():
    """What the libraries were built with, the program needs too."""
    program = (BIN / "cii").read_bytes()
    return ["-fsanitize=address,undefined"] if b"__asan_init" in program \
        else []


class Libcii(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.canton = cls.enterClassContext(Canton())
        cls.orp, cls.cch = cls.canton.open("ge.orp", "ge.cch")

    def build(self, name, source, compiler, flags):
        """Compiles against include/ and the static libraries."""
        path = self.canton.folder / name
        path.write_text(source)
        program = path.with_suffix("")
        build = BIN.parent
        command = [compiler, *flags, *sanitizers(),
                   f"-I{ROOT / 'include'}", str(path), "-o", str(program),
                   str(build / "libcii_client.a"), str(build / "libproto.a"),
                   "-lprotobuf-c", "-lunistring", "-lcrypto"]
        done = subprocess.run(command, capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr[:4000])
        return program

    def compilers(self, *names):
        """gcc or clang, as the build has it: sanitizers must match."""
        cache = (BIN.parent / "CMakeCache.txt").read_text()
        clang = re.search(r"^CMAKE_C_COMPILER:\w+=.*clang", cache, re.M)
        return names[1] if clang else names[0]

    def test_a_program_in_c_does_what_cii_does(self):
        program = self.build("office.c", PROGRAM,
                             self.compilers("gcc", "clang"), C_FLAGS)
        avs = avs_number(42)
        wrong = avs[:-1] + str((int(avs[-1]) + 1) % 10)
        done = subprocess.run(
            [str(program), str(self.orp.run_dir), "ge.cch", avs, wrong],
            capture_output=True, text=True, timeout=120)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("sent to ge.cch: transmit by R00\n", done.stdout)
        self.assertRegex(done.stdout, "wrong identity.avs: .*check digit")
        self.assertIn('wrong type: unknown type "fin-de-droit"; did you mean '
                      '"fin-de-droits"?', done.stdout)
        self.assertIn("streamed 300, refused 1\n", done.stdout)
        self.assertIn("refused 100 entitlement.cause\n", done.stdout)
        self.assertIn("row event inscription-orp Exemple", done.stdout)
        self.assertIn('"verify" is not for the role auditor', done.stdout)
        self.assertNotIn("out of order", done.stdout)
        self.assertNotIn(wrong, done.stdout)

        self.assertEqual(len(self.orp.events("--avs", avs)), 300)
        self.cch.wait_ready()
        self.orp.wait_drained("ge.cch")
        self.assertEqual(len(self.cch.arrived("--avs", avs)), 300)
        users = {row.get("user") for row in
                 self.orp.ask("act", "list", role="auditor")}
        self.assertIn("anne", users)

    def test_the_headers_serve_cpp(self):
        compiler = self.compilers("g++", "clang++")
        if not shutil.which(compiler):
            self.skipTest(f"no {compiler}")
        program = self.build("office.cc", CXX, compiler, CXX_FLAGS)
        self.assertEqual(subprocess.run([str(program)]).returncode, 0)


if __name__ == "__main__":
    unittest.main()
