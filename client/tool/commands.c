/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands on events, dossiers, the daemon, its rules and its certificates.
 */

#include "client/tool/commands.h"

static const struct flag send_flags[] = {
    {"on", "DAY", "when it happened, YYYY-MM-DD", NULL, FLAG_DAY, false},
    {"avs", "N", "the person's AVS number (identity.avs)", NULL, FLAG_AVS,
     false},
    {"case", "REF", "the offices' reference of the case", NULL, FLAG_TEXT,
     false},
    {"to", "ID",
     "an institution that it concerns; may be repeated. Default: those of "
     "the dossier",
     NULL, FLAG_INSTITUTION, true},
    {"test", NULL, "test traffic", NULL, FLAG_ALONE, false},
    {"as-of", "DAY", "the day for which the content holds", NULL, FLAG_DAY,
     false},
    {"reliability", "WORD", "declared or verified", NULL, FLAG_TEXT, false},
    {"in-reply-to", "EVENT", "the event that this one answers or corrects",
     NULL, FLAG_EVENT, false},
    {"id", "UUID",
     "the event's id (UUIDv7): sent again with it, nothing doubles", NULL,
     FLAG_EVENT, false},
    {"file", "FILE", "read lines from a file", NULL, FLAG_TEXT, false},
    {"journal", "FILE",
     "where the ids of lines without one are kept until all is stored", NULL,
     FLAG_TEXT, false},
    {"dry-run", NULL,
     "say what would happen; nothing is stored, nothing leaves", NULL,
     FLAG_ALONE, false},
    END,
};

static const struct flag query_flags[] = {
    AVS,
    LOCAL_ID,
    {"issuer", "ID", "who gave the local id", NULL, FLAG_INSTITUTION, false},
    {"name", "NAME", "family name and first names, as in \"Rochat Anne\"", NULL,
     FLAG_TEXT, false},
    {"case", "REF", "the offices' reference of the case", NULL, FLAG_TEXT,
     false},
    {"type", "TYPE", "event type", NULL, FLAG_TEXT, false},
    {"partner", "ID", "issued by it, or sent to it", NULL, FLAG_INSTITUTION,
     false},
    {"from", "DAY", "first day", NULL, FLAG_DAY, false},
    {"to", "DAY", "last day", NULL, FLAG_DAY, false},
    {"direction", "WORD", "ours or arrived", NULL, FLAG_TEXT, false},
    LIMIT,
    END,
};

static const struct flag explain_flags[] = {
    {"to", "PARTNER", "only this partner", NULL, FLAG_INSTITUTION, false},
    END,
};

static const struct flag watch_flags[] = {
    {"partner", "ID", "only this partner", NULL, FLAG_INSTITUTION, false},
    {"type", "TYPE", "only this event type", NULL, FLAG_TEXT, false},
    END,
};

static const struct flag open_flags[] = {
    AVS,
    LOCAL_ID,
    {"case", "REF", "the offices' reference of the case", NULL, FLAG_TEXT,
     false},
    {"counsellor", "USER", "who follows the person here", NULL, FLAG_TEXT,
     false},
    {"commune", "N", "number of the commune where the person lives", NULL,
     FLAG_NUMBER, false},
    {"concerned", "ID",
     "an institution that follows the person too; may be repeated", NULL,
     FLAG_INSTITUTION, true},
    END,
};

static const struct flag close_flags[] = {AVS, LOCAL_ID, END};

static const struct flag concern_flags[] = {
    AVS,
    LOCAL_ID,
    {"add", "ID", "this institution is concerned now; may be repeated", NULL,
     FLAG_INSTITUTION, true},
    {"remove", "ID", "this one no longer is; may be repeated", NULL,
     FLAG_INSTITUTION, true},
    END,
};

static const struct flag limit_flags[] = {LIMIT, END};

static const struct flag clock_flags[] = {
    {"set", "MOMENT", "a day, or YYYY-MM-DDTHH:MM:SS.mmmZ", NULL, FLAG_TEXT,
     false},
    {"offset-ms", "N", "milliseconds ahead of the real time", NULL, FLAG_NUMBER,
     false},
    END,
};

static const struct flag diff_flags[] = {
    {"rules", "DIR", "the folder of the other rules", NULL, FLAG_TEXT, false},
    {"days", "N", "verdicts of so many days. Default: 30", NULL, FLAG_NUMBER,
     false},
    END,
};

/* Where the rules are read from: see ciid-law(8). */
#define RULES                                                             \
    {                                                                     \
        "rules", "DIR",                                                   \
            "the rule files. Default: what the configuration says", NULL, \
            FLAG_TEXT, false                                              \
    }
#define FACETS                                                                 \
    {                                                                          \
        "facets", "FILE", "default: beside the folder", NULL, FLAG_TEXT, false \
    }
#define TYPES                                                                 \
    {                                                                         \
        "event-types", "FILE", "default: beside the folder", NULL, FLAG_TEXT, \
            false                                                             \
    }
#define CONFIG                                                             \
    {                                                                      \
        "config", "FILE", "default: /etc/ciid/ciid.yaml", NULL, FLAG_TEXT, \
            false                                                          \
    }

static const struct flag lint_flags[] = {
    RULES,
    FACETS,
    TYPES,
    CONFIG,
    {"strict", NULL, "warnings count as errors do", NULL, FLAG_ALONE, false},
    END,
};

static const struct flag rules_show_flags[] = {RULES, FACETS, TYPES, CONFIG,
                                               END};

static const struct flag matrix_flags[] = {
    RULES,
    FACETS,
    TYPES,
    CONFIG,
    {"event", "TYPE", "only rules that speak of it", NULL, FLAG_TEXT, false},
    {"canton", "XX", "federal law and this canton's", NULL, FLAG_TEXT, false},
    {"html", "FILE", "as one page, to read and to print", NULL, FLAG_TEXT,
     false},
    {"verbose", NULL, "the rules of each pair, by name", NULL, FLAG_ALONE,
     false},
    END,
};

static const struct flag test_flags[] = {
    RULES,
    FACETS,
    TYPES,
    CONFIG,
    {"coverage", NULL, "say what no case shows", NULL, FLAG_ALONE, false},
    {"verbose", NULL, "say every case", NULL, FLAG_ALONE, false},
    END,
};

static const struct flag again_flags[] = {
    {"to", "ID", "the institution", NULL, FLAG_INSTITUTION, false},
    END,
};

static const struct flag init_flags[] = {
    {"name", "TEXT", "name of the authority. Default: CII pilot", NULL,
     FLAG_TEXT, false},
    {"dir", "DIR", "the authority's folder. Default: pki", NULL, FLAG_TEXT,
     false},
    END,
};

static const struct flag issue_flags[] = {
    {"dir", "DIR", "the authority's folder. Default: pki", NULL, FLAG_TEXT,
     false},
    {"out", "DIR", "the institution's folder. Default: its id", NULL, FLAG_TEXT,
     false},
    {"days", "N", "how long it holds. Default: 365", NULL, FLAG_NUMBER, false},
    END,
};

static const struct flag revoke_flags[] = {
    {"dir", "DIR", "the authority's folder. Default: pki", NULL, FLAG_TEXT,
     false},
    END,
};

static const struct column event_columns[] = {
    {"Issued", "issued_at", COLUMN_MOMENT, false},
    {"Type", "type", COLUMN_TEXT, false},
    {"Issuer", "issuer", COLUMN_TEXT, false},
    {"Event", "id", COLUMN_ID, false},
    {"Person", "identity", COLUMN_PERSON, false},
    {"Day", "occurred_on", COLUMN_TEXT, true},
    {"Case", "case", COLUMN_TEXT, true},
    {"Direction", "direction", COLUMN_TEXT, true},
    {"Content", "", COLUMN_FIELDS, true},
    COLUMNS_END,
};

static const struct column link_columns[] = {
    {"Partner", "partner", COLUMN_TEXT, false},
    {"State", "state", COLUMN_TEXT, false},
    {"Since", "since", COLUMN_MOMENT, false},
    {"Backlog", "backlog", COLUMN_TEXT, false},
    {"Acked", "acked", COLUMN_TEXT, true},
    {"Received", "received", COLUMN_TEXT, false},
    {"Address", "address", COLUMN_TEXT, true},
    {"Name", "name", COLUMN_TEXT, false},
    COLUMNS_END,
};

static const struct column dossier_columns[] = {
    {"Case", "case", COLUMN_TEXT, false},
    {"Person", "identity", COLUMN_PERSON, false},
    {"Counsellor", "counsellor", COLUMN_TEXT, false},
    {"Opened", "opened_at", COLUMN_MOMENT, false},
    {"Closed", "closed_at", COLUMN_MOMENT, true},
    {"Concerned", "concerned", COLUMN_TEXT, false},
    COLUMNS_END,
};

static const struct column match_columns[] = {
    {"AVS number", "a.avs", COLUMN_TEXT, true},
    {"Name", "a.officialName", COLUMN_TEXT, false},
    {"First name", "a.firstName", COLUMN_TEXT, true},
    {"Born", "a.dateOfBirth", COLUMN_TEXT, false},
    {"AVS number", "b.avs", COLUMN_TEXT, true},
    {"Name", "b.officialName", COLUMN_TEXT, false},
    {"First name", "b.firstName", COLUMN_TEXT, true},
    {"Born", "b.dateOfBirth", COLUMN_TEXT, false},
    {"May be the same because", "reason", COLUMN_TEXT, false},
    {"Since", "at", COLUMN_MOMENT, false},
    COLUMNS_END,
};

static const struct column refusal_columns[] = {
    {"At", "at", COLUMN_MOMENT, false},
    {"Event", "id", COLUMN_ID, false},
    {"Issuer", "issuer", COLUMN_TEXT, false},
    {"From", "discloser", COLUMN_TEXT, false},
    {"Reason", "reason", COLUMN_TEXT, false},
    {"Rule", "rule", COLUMN_TEXT, false},
    {"Detail", "detail", COLUMN_TEXT, true},
    COLUMNS_END,
};

static const struct column act_columns[] = {
    {"At", "at", COLUMN_MOMENT, false},
    {"Uid", "uid", COLUMN_TEXT, false},
    {"Role", "role", COLUMN_TEXT, false},
    {"User", "user", COLUMN_TEXT, false},
    {"Verb", "verb", COLUMN_TEXT, false},
    {"Subject", "subject", COLUMN_TEXT, false},
    {"Result", "result", COLUMN_TEXT, false},
    COLUMNS_END,
};

static const struct column clock_columns[] = {
    {"Now", "now", COLUMN_TEXT, false},
    {"Offset (ms)", "offset_ms", COLUMN_TEXT, false},
    COLUMNS_END,
};

static const struct column judgement_columns[] = {
    {"Partner", "partner", COLUMN_TEXT, false},
    {"Verdict", "verdict", COLUMN_VERDICT, false},
    {"Rule", "rule", COLUMN_TEXT, false},
    {"Law", "citation", COLUMN_TEXT, false},
    {"Goes", "facets", COLUMN_TEXT, false},
    {"Stays", "withheld", COLUMN_TEXT, false},
    {"Missing", "missing", COLUMN_TEXT, false},
    COLUMNS_END,
};

static const struct column rules_columns[] = {
    {"Rules", "rules", COLUMN_TEXT, false},
    {"Predicates", "predicates", COLUMN_TEXT, false},
    {"Folder", "folder", COLUMN_TEXT, false},
    COLUMNS_END,
};

const struct command base_commands[] = {
    {.name = "send",
     .summary = "send one event, or lines of JSON",
     .words = "TYPE --on DAY | FILE | -",
     .words_max = 1,
     .open = true,
     .flag = send_flags,
     .roles = WRITERS,
     .run = cmd_send,
     .help =
         "Any field of the type's facets is a flag: --FACET.FIELD VALUE, or "
         "--FIELD VALUE where only one facet has it; `cii types TYPE` lists "
         "them. With - each line of standard input is one event in JSON, and "
         "stands or falls by itself; cii(1) tells what a line may say."},
    {.name = "query",
     .summary = "find events by person, case, type, partner, period",
     .words = "",
     .flag = query_flags,
     .roles = READERS,
     .run = cmd_ask,
     .verb = "query",
     .column = event_columns,
     .empty = "No such event."},
    {.name = "show",
     .summary = "one event, its verdicts and receipts",
     .words = "EVENT",
     .words_min = 1,
     .words_max = 1,
     .roles = READERS,
     .run = cmd_show,
     .verb = "show",
     .word_argument = "event"},
    {.name = "explain",
     .summary = "why an event goes to a partner, or does not",
     .words = "EVENT",
     .words_min = 1,
     .words_max = 1,
     .flag = explain_flags,
     .roles = READERS,
     .run = cmd_explain,
     .verb = "explain",
     .word_argument = "event"},
    {.name = "again",
     .summary = "judge an event again, and send it if the law says so",
     .words = "EVENT --to ID",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_EVENT,
     .flag = again_flags,
     .needs = "to",
     .roles = WRITERS,
     .run = cmd_ask,
     .verb = "again",
     .word_argument = "event",
     .column = judgement_columns,
     .empty = "Nothing was judged."},
    {.name = "forward",
     .summary = "pass on an event that arrived here",
     .words = "EVENT --to ID",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_EVENT,
     .flag = again_flags,
     .needs = "to",
     .roles = WRITERS,
     .run = cmd_ask,
     .verb = "forward",
     .word_argument = "event",
     .column = judgement_columns,
     .empty = "Nothing was judged.",
     .help = "The issuer's signature stays as it is; what goes is what the "
             "rules give that institution."},
    {.name = "watch",
     .summary = "what happens, as it happens, until Ctrl-C",
     .words = "",
     .flag = watch_flags,
     .roles = READERS,
     .run = cmd_watch,
     .verb = "watch"},
    {.name = "status",
     .summary = "the daemon, its store and its links",
     .words = "",
     .roles = ALL,
     .run = cmd_status,
     .verb = "status"},
    {.name = "types",
     .summary = "event types, their facets and fields",
     .words = "[TYPE]",
     .words_max = 1,
     .roles = ALL,
     .run = cmd_types,
     .verb = "catalogue"},
    {.name = "partner list",
     .summary = "partners and the state of their links",
     .words = "",
     .roles = ALL,
     .run = cmd_ask,
     .verb = "partners",
     .column = link_columns,
     .empty = "No partner is configured."},
    {.name = "dossier open",
     .summary = "we follow this person from now on",
     .words = "",
     .open = true,
     .flag = open_flags,
     .roles = WRITERS,
     .run = cmd_dossier,
     .verb = "dossier-open",
     .column = dossier_columns,
     .help =
         "Fields of the identity are flags too, as in --officialName NAME."},
    {.name = "dossier close",
     .summary = "we no longer follow this person",
     .words = "",
     .flag = close_flags,
     .roles = WRITERS,
     .run = cmd_dossier,
     .verb = "dossier-close",
     .column = dossier_columns,
     .empty = "Closed."},
    {.name = "dossier concern",
     .summary = "who else follows this person",
     .words = "",
     .flag = concern_flags,
     .roles = WRITERS,
     .run = cmd_dossier,
     .verb = "dossier-concern",
     .column = dossier_columns,
     .empty = "Done."},
    {.name = "dossier list",
     .summary = "the persons that we follow",
     .words = "",
     .flag = limit_flags,
     .roles = READERS,
     .run = cmd_ask,
     .verb = "dossier-list",
     .column = dossier_columns,
     .empty = "No dossier is open."},
    {.name = "match list",
     .summary = "persons who may be the same; a human decides",
     .words = "",
     .flag = limit_flags,
     .roles = WRITERS,
     .run = cmd_ask,
     .verb = "matches",
     .column = match_columns,
     .empty = "No two persons look alike."},
    {.name = "refusal list",
     .summary = "what arrived and was refused",
     .words = "",
     .flag = limit_flags,
     .roles = "operator auditor",
     .run = cmd_ask,
     .verb = "refusals",
     .column = refusal_columns,
     .empty = "Nothing was refused."},
    {.name = "act list",
     .summary = "who did what, reading included",
     .words = "",
     .flag = limit_flags,
     .roles = "auditor administrator",
     .run = cmd_ask,
     .verb = "acts",
     .column = act_columns,
     .empty = "Nothing was done."},
    {.name = "rules reload",
     .summary = "read the rules again: all of them, or none",
     .words = "",
     .roles = "administrator",
     .run = cmd_ask,
     .verb = "rules-reload",
     .column = rules_columns},
    {.name = "rules diff",
     .summary = "which verdicts would change under other rules",
     .words = "--rules DIR",
     .flag = diff_flags,
     .needs = "rules",
     .roles = "auditor administrator",
     .run = cmd_diff,
     .verb = "rules-diff"},
    {.name = "verify",
     .summary = "check the whole store",
     .words = "",
     .roles = "administrator",
     .run = cmd_verify,
     .verb = "verify"},
    {.name = "clock",
     .summary = "the clock of a pilot: show or set it",
     .words = "",
     .flag = clock_flags,
     .roles = "administrator",
     .run = cmd_ask,
     .verb = "clock",
     .column = clock_columns},
    {.name = "rules lint",
     .summary = "what is wrong with a folder of rules",
     .words = "[DIR]",
     .words_max = 1,
     .flag = lint_flags,
     .roles = "",
     .run = cmd_rules},
    {.name = "rules show",
     .summary = "a rule or a predicate, in words",
     .words = "RULE | PREDICATE ...",
     .words_min = 1,
     .words_max = WORDS_MAX,
     .flag = rules_show_flags,
     .roles = "",
     .run = cmd_rules},
    {.name = "rules matrix",
     .summary = "who may tell whom; --html: as one page",
     .words = "",
     .flag = matrix_flags,
     .roles = "",
     .run = cmd_rules},
    {.name = "rules test",
     .summary = "judge the cases of tables",
     .words = "FILE ...",
     .words_min = 1,
     .words_max = WORDS_MAX,
     .flag = test_flags,
     .roles = "",
     .run = cmd_rules},
    {.name = "pki init",
     .summary = "make a certificate authority for a pilot",
     .words = "",
     .flag = init_flags,
     .roles = "",
     .run = cmd_pki_init},
    {.name = "pki issue",
     .summary = "issue a certificate for an institution",
     .words = "INSTITUTION",
     .words_min = 1,
     .words_max = 1,
     .flag = issue_flags,
     .roles = "",
     .run = cmd_pki_issue},
    {.name = "pki revoke",
     .summary = "revoke an institution's certificate",
     .words = "INSTITUTION | SERIAL",
     .words_min = 1,
     .words_max = 1,
     .flag = revoke_flags,
     .roles = "",
     .run = cmd_pki_revoke},
    {.name = "pki renew",
     .summary = "sign the list of revoked certificates for 30 more days",
     .words = "",
     .flag = revoke_flags,
     .roles = "",
     .run = cmd_pki_renew},
};

const size_t base_command_count =
    sizeof base_commands / sizeof base_commands[0];
