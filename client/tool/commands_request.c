/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Commands on requests about one person, and on questions about nobody.
 */

#include "client/tool/commands.h"

static const struct flag request_flags[] = {
    {"avs", "N", "the person's AVS number", NULL, FLAG_AVS, true},
    {"local-id", "CATEGORY:ID", "where there is no AVS number", NULL, FLAG_TEXT,
     true},
    {"to", "ID", "the institution that is asked", "request.requestTo",
     FLAG_INSTITUTION, true},
    {"purpose", "CODE",
     "fixer, modifier, restituer, prevenir-indu, cotisations, recours, "
     "instruction-ai or lei",
     "request.requestPurpose", FLAG_TEXT, false},
    {"reason", "CODE",
     "nouvelle-demande, revision, changement-annonce, versement-indu, "
     "restitution, recours-contre-tiers, instruction or controle",
     "request.requestReason", FLAG_TEXT, false},
    {"basis", "ARTICLE", "the article that the request rests on",
     "request.legalBasis", FLAG_TEXT, false},
    {"asks", "FACET",
     "a facet that is asked for beside the identity; may be repeated", "",
     FLAG_TEXT, true},
    {"by", "DAY", "the day by which an answer is expected", "request.answerBy",
     FLAG_DAY, false},
    {"claim-filed-on", "DAY",
     "the day on which the claim was filed at the invalidity insurance",
     "request.claimFiledOn", FLAG_DAY, false},
    ON,
    CASE,
    TEST,
    ID,
    DRY_RUN,
    END,
};

static const struct flag list_flags[] = {
    {"open", NULL, "only those that wait for an answer", NULL, FLAG_ALONE,
     false},
    {"direction", "WORD", "ours or arrived", NULL, FLAG_TEXT, false},
    END,
};

static const struct flag answer_flags[] = {
    {"type", "TYPE", "the answer's type. Default: that for who asked", "",
     FLAG_TEXT, false},
    ON,
    CASE,
    TEST,
    ID,
    DRY_RUN,
    END,
};

static const struct flag decline_flags[] = {
    {"reason", "CODE",
     "pas-de-base-legale, personne-inconnue, pas-de-donnees, "
     "interet-prive-preponderant, demande-trop-large or autre-organe",
     "declined.declineReason", FLAG_TEXT, false},
    ON,
    CASE,
    TEST,
    ID,
    DRY_RUN,
    END,
};

static const struct flag question_flags[] = {
    {"topic", "CODE",
     "competence, delai, mesure, financement, procedure or coordination",
     "question.topic", FLAG_TEXT, false},
    {"expert", "KIND", "whose answer is sought: orp, oai, as ...",
     "question.expert", FLAG_TEXT, false},
    {"to", "ID", "the institution that is asked", NULL, FLAG_INSTITUTION,
     false},
    ON,
    TEST,
    ID,
    DRY_RUN,
    END,
};

static const struct flag advice_flags[] = {
    {"advice", "CODE", "oui, non, selon-cas or appeler", "question.adviceGiven",
     FLAG_TEXT, false},
    {"call-back", "N", "telephone of the referent", "question.callBack",
     FLAG_TEXT, false},
    ON,
    TEST,
    ID,
    DRY_RUN,
    END,
};

static const struct cii_field only_questions[] = {{"questions", "yes"},
                                                  {NULL, NULL}};

static const struct column request_columns[] = {
    {"At", "at", COLUMN_MOMENT, true},
    {"Request", "id", COLUMN_ID, false},
    {"Direction", "direction", COLUMN_TEXT, false},
    {"Partner", "partner", COLUMN_TEXT, false},
    {"Person", "identity", COLUMN_PERSON, false},
    {"Asks", "asks", COLUMN_TEXT, false},
    {"Purpose", "purpose", COLUMN_TEXT, true},
    {"Reason", "reason", COLUMN_TEXT, true},
    {"Basis", "basis", COLUMN_TEXT, true},
    {"Answer by", "answer_by", COLUMN_TEXT, false},
    {"State", "state", COLUMN_TEXT, false},
    {"Days", "days", COLUMN_TEXT, true},
    COLUMNS_END,
};

static const struct column question_columns[] = {
    {"At", "at", COLUMN_MOMENT, false},
    {"Question", "id", COLUMN_ID, false},
    {"Direction", "direction", COLUMN_TEXT, false},
    {"Partner", "partner", COLUMN_TEXT, false},
    {"Topic", "topic", COLUMN_TEXT, false},
    {"Expert", "expert", COLUMN_TEXT, false},
    {"State", "state", COLUMN_TEXT, false},
    {"Advice", "advice", COLUMN_TEXT, false},
    {"Days", "days", COLUMN_TEXT, false},
    COLUMNS_END,
};

const struct command request_commands[] = {
    {.name = "request",
     .summary = "ask an institution about one person, with a reason",
     .words = "--avs N --to ID --purpose CODE --reason CODE --basis ARTICLE "
              "--asks FACET --by DAY",
     .flag = request_flags,
     .needs = "avs|local-id to purpose reason basis asks by",
     .names = "a request names one person, whom it asks, its purpose, its "
              "reason, the article that it rests on, the facets that it asks "
              "for, and by when",
     .roles = WRITERS,
     .run = cmd_request,
     .type = "demande-renseignements"},
    {.name = "request list",
     .summary = "requests of ours and those that arrived",
     .words = "",
     .flag = list_flags,
     .roles = READERS,
     .run = cmd_ask,
     .verb = "requests",
     .column = request_columns,
     .empty = "No request."},
    {.name = "request answer",
     .summary = "answer a request that arrived",
     .words = "REQUEST --FACET.FIELD VALUE ...",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_EVENT,
     .word_argument = "in_reply_to",
     .open = true,
     .flag = answer_flags,
     .roles = WRITERS,
     .run = cmd_answer,
     .verb = "requests",
     .help = "It goes to whoever asked, about the person of the request. "
             "Fields are flags, as in `cii send`."},
    {.name = "request decline",
     .summary = "decline a request that arrived, with a reason",
     .words = "REQUEST --reason CODE",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_EVENT,
     .word_argument = "in_reply_to",
     .flag = decline_flags,
     .needs = "reason",
     .names = "who declines a request names the reason",
     .roles = WRITERS,
     .run = cmd_answer,
     .verb = "requests",
     .type = "refus-renseignements"},
    {.name = "question ask",
     .summary = "ask a referent, without naming anyone",
     .words = "--topic CODE --expert KIND --to ID",
     .flag = question_flags,
     .needs = "topic expert to",
     .names = "a question names its topic, whose answer is sought, and whom "
              "it asks",
     .roles = WRITERS,
     .run = cmd_state,
     .type = "demande-conseil-cii"},
    {.name = "question answer",
     .summary = "answer a referent's question",
     .words = "QUESTION --advice CODE",
     .words_min = 1,
     .words_max = 1,
     .word_form = FLAG_EVENT,
     .word_argument = "in_reply_to",
     .flag = advice_flags,
     .needs = "advice",
     .names = "an answer names the advice",
     .roles = WRITERS,
     .run = cmd_answer,
     .verb = "questions",
     .type = "reponse-conseil-cii"},
    {.name = "question list",
     .summary = "questions, their answers and the time they took",
     .words = "",
     .flag = list_flags,
     .fixed = only_questions,
     .roles = READERS,
     .run = cmd_ask,
     .verb = "requests",
     .column = question_columns,
     .empty = "No question."},
};

const size_t request_command_count =
    sizeof request_commands / sizeof request_commands[0];
