/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands on consents and on being a client.
 */

#include "client/tool/commands.h"

static const struct flag grant_flags[] = {
    AVS,
    LOCAL_ID,
    CASE,
    {"among", "ID", "holds between every two of these; given at least twice",
     "", FLAG_TEXT, true},
    {"between", "\"ID ID\"", "holds between these two; may be repeated", "",
     FLAG_TEXT, true},
    {"purpose", "CODE",
     "integration, measure, claims, benefits or statistics; may be repeated",
     "consent.purposes", FLAG_TEXT, true},
    {"opens", "FACET", "a facet that it opens; may be repeated",
     "consent.opens", FLAG_TEXT, true},
    {"form", "CODE", "signe, ecrit, electronique or oral",
     "consent.consentForm", FLAG_TEXT, false},
    {"express", NULL, "it was given expressly", "consent.express", FLAG_ALONE,
     false},
    {"told-of-rights", NULL,
     "the person was told what it is for, who gets what, and that refusing has "
     "no disadvantage",
     "consent.toldOfRights", FLAG_ALONE, false},
    {"on", "DAY", "the day on which it was given", NULL, FLAG_DAY, false},
    {"until", "DAY", "the last day on which it holds", "consent.consentUntil",
     FLAG_DAY, false},
    {"ref", "REF", "the consent's own reference. Default: a new one", "",
     FLAG_TEXT, false},
    {"text-version", "V", "which text was signed", "consent.textVersion",
     FLAG_TEXT, false},
    {"language", "L", "the language of that text: fr, de, it, rm or en",
     "consent.textLanguage", FLAG_TEXT, false},
    TEST,
    DRY_RUN,
    END,
};

static const struct flag withdraw_flags[] = {
    AVS, LOCAL_ID, ON, CASE, TEST, ID, DRY_RUN, END,
};

static const struct flag letter_flags[] = {
    {"lang", "L", "fr, de or it", NULL, FLAG_TEXT, false},
    END,
};

static const struct flag person_flags[] = {
    AVS,
    LOCAL_ID,
    {"ended", NULL, "those too that hold no more", NULL, FLAG_ALONE, false},
    END,
};

static const struct flag give_flags[] = {
    AVS,
    LOCAL_ID,
    {"since", "DAY", "since when", "attestation.clientSince", FLAG_DAY, false},
    {"until", "DAY", "until when this holds. Default: six months",
     "attestation.clientUntil", FLAG_DAY, false},
    TO,
    ON,
    CASE,
    TEST,
    ID,
    DRY_RUN,
    END,
};

static const struct flag end_flags[] = {
    AVS, LOCAL_ID, TO, ON, CASE, TEST, ID, DRY_RUN, END,
};

static const struct cii_field only_consents[] = {{"type", "consentement"},
                                                 {NULL, NULL}};
static const struct cii_field only_attestations[] = {
    {"type", "attestation-client"},
    {NULL, NULL},
};

static const struct column consent_columns[] = {
    {"Reference", "consent.consentRef", COLUMN_ID, false},
    {"Between", "consent.between", COLUMN_TEXT, false},
    {"Case", "case", COLUMN_TEXT, true},
    {"State", "state", COLUMN_TEXT, false},
    {"Given on", "consent.consentOn", COLUMN_TEXT, false},
    {"Until", "consent.consentUntil", COLUMN_TEXT, false},
    {"Purposes", "consent.purposes", COLUMN_TEXT, true},
    {"Opens", "consent.opens", COLUMN_TEXT, false},
    {"Told", "told", COLUMN_TEXT, true},
    COLUMNS_END,
};

static const struct column attestation_columns[] = {
    {"By", "issuer", COLUMN_TEXT, false},
    {"State", "state", COLUMN_TEXT, false},
    {"Since", "attestation.clientSince", COLUMN_TEXT, false},
    {"Until", "attestation.clientUntil", COLUMN_TEXT, false},
    {"Told", "told", COLUMN_TEXT, false},
    {"Event", "id", COLUMN_ID, true},
    COLUMNS_END,
};

const struct command consent_commands[] = {
    {.name = "consent grant",
     .summary = "the person consents, between these institutions",
     .words = "--avs N --case REF --among ID --among ID ...",
     .flag = grant_flags,
     .needs = "avs|local-id case among|between purpose opens form express "
              "told-of-rights on until",
     .names =
         "a consent names whom it is about, its case, between whom it holds, "
         "its purposes, the facets that it opens, its form, that it was given "
         "expressly and by somebody who was told of their rights, when it was "
         "given and until when it holds",
     .roles = WRITERS,
     .run = cmd_pairs,
     .type = "consentement",
     .day = "consent.consentOn",
     .help = "One statement for each pair, all under one reference. Nobody is "
             "told before the consent is first used between them. There is no "
             "consent to everything: purposes, facets and institutions are "
             "named one by one."},
    {.name = "consent withdraw",
     .summary = "the person withdraws a consent",
     .words = "REF --avs N",
     .words_min = 1,
     .words_max = 1,
     .word_argument = "withdrawal.withdrawnRef",
     .flag = withdraw_flags,
     .needs = "avs|local-id",
     .names = "a withdrawal names the person",
     .roles = WRITERS,
     .run = cmd_state,
     .type = "retrait-consentement",
     .day = "withdrawal.withdrawnOn",
     .help = "From then on nothing leaves under this consent, here or at any "
             "institution that it names; `cii consent show` tells who has "
             "answered."},
    {.name = "consent show",
     .summary = "a consent, who was told of it, who answered its withdrawal",
     .words = "REF",
     .words_min = 1,
     .words_max = 1,
     .word_argument = "ref",
     .roles = READERS,
     .run = cmd_consent,
     .verb = "consent"},
    {.name = "consent list",
     .summary = "a person's consents",
     .words = "--avs N",
     .flag = person_flags,
     .needs = "avs|local-id",
     .fixed = only_consents,
     .roles = READERS,
     .run = cmd_ask,
     .verb = "statements",
     .column = consent_columns,
     .empty = "No consent holds."},
    {.name = "consent letter",
     .summary = "the letter that tells the person of a consent",
     .words = "REF --lang fr|de|it",
     .words_min = 1,
     .words_max = 1,
     .word_argument = "consent",
     .flag = letter_flags,
     .needs = "lang",
     .roles = WRITERS,
     .run = cmd_letter,
     .verb = "letter"},
    {.name = "attestation give",
     .summary = "the person is our client",
     .words = "--avs N --since DAY",
     .flag = give_flags,
     .needs = "avs|local-id since",
     .names = "an attestation names the person and since when they are our "
              "client",
     .roles = WRITERS,
     .run = cmd_attest,
     .type = "attestation-client",
     .help = "It holds for six months at most; then it is given again."},
    {.name = "attestation end",
     .summary = "the person is no longer our client",
     .words = "--avs N",
     .flag = end_flags,
     .needs = "avs|local-id",
     .names = "the end of an attestation names the person",
     .roles = WRITERS,
     .run = cmd_attest_end,
     .type = "fin-attestation",
     .help = "It answers the attestation of ours that holds, and goes to "
             "whoever got that."},
    {.name = "attestation list",
     .summary = "whose client the person is",
     .words = "--avs N",
     .flag = person_flags,
     .needs = "avs|local-id",
     .fixed = only_attestations,
     .roles = READERS,
     .run = cmd_ask,
     .verb = "statements",
     .column = attestation_columns,
     .empty = "No attestation holds."},
};

const size_t consent_command_count =
    sizeof consent_commands / sizeof consent_commands[0];
