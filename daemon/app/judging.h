/* SPDX-License-Identifier: Apache-2.0 */
#ifndef APP_JUDGING_H
#define APP_JUDGING_H

/*
 * From an event and a partner to a question to the law, and from its judgement
 * to a row and to words.
 */

#include "app/core.h"
#include "legal/case_file.h"
#include "proto/control.h"

/* What was asked, and what the law said. The case file is borrowed; what the
 * question points to lives in the arena, or in the book until it changes. */
struct judged {
    struct inquiry inquiry;
    struct law_question question;
    struct judgement judgement;
};

/* What may be relied on. */
enum reliable {
    RELY_ON_ALL,           /* all that we know: what a partner lacks is told
                              to it first */
    RELY_ON_WHAT_THEY_HAVE /* it has already been told */
};

/* May we tell this partner? `inquiry` says of what; its moment is now. */
cii_must_check enum cii_code judge_sending(const struct core *core,
                                           const struct inquiry *inquiry,
                                           enum reliable reliable,
                                           struct arena *arena,
                                           struct judged *judged,
                                           struct cii_error *err);
/* Once more, without the statement of this number in its question. */
void judge_without(const struct core *core, struct judged *judged,
                   int64_t statement);
/* When it came: may this partner have told us, and this much? The question's
 * statements are the book's until it is asked again. */
cii_must_check enum cii_code judge_arrival(const struct core *core,
                                           const struct inquiry *inquiry,
                                           struct judged *judged,
                                           struct cii_error *err);

/* Stores the verdict within the turn, with the statements that it rests on,
 * and tells those who watch. */
cii_must_check enum cii_code record_verdict(struct core *core, int64_t event,
                                            const struct judged *judged,
                                            struct cii_error *err);

/* The judgement in words, in the turn's arena. MEMORY past its cap. */
cii_must_check enum cii_code verdict_words(struct core *core,
                                           const struct judged *judged,
                                           struct verdict_line *line,
                                           struct cii_error *err);

#endif
