/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TOOL_STORY_H
#define TESTS_UNIT_TOOL_STORY_H

/*
 * A fake daemon of ge.orp on 31 August 2016, which stores what it is sent and
 * has rows to show.
 */

#include "tests/unit/tool/harness.h"

#define ROW(name)                                                         \
    {                                                                     \
#        name,                                                            \
        {                                                                 \
            sizeof(name##_fields) / sizeof(*name##_fields), name##_fields \
        }                                                                 \
    }

#define STORY_AVS     "756.9217.0769.85"
#define STORY_REQUEST "0192d8a4-7c00-7000-8000-000000000101"
#define STORY_OURS    "0192d8a4-7c00-7000-8000-000000000102"
#define STORY_ASKED   "0192d8a4-7c00-7000-8000-000000000103"

struct story_answer {
    const char *verb;
    size_t count;
    const struct record *record;
};

static const char *story_profile = "pilot";
static const struct story_answer *story_answers; /* ended by a NULL verb */

static inline void
story_reply(const struct request *request, const struct record *record,
            size_t count, struct buffer *out)
{
    fake_reply(out, &(struct reply){.tag = request->tag,
                                    .last = true,
                                    .record_count = count,
                                    .record = record});
}

static inline void
story_status(const struct request *request, struct buffer *out)
{
    const struct field status_fields[] = {
        {"institution", "ge.orp"},
        {"profile", story_profile},
        {"now", "2016-08-31T10:00:00.000Z"},
    };
    const struct record record = ROW(status);

    story_reply(request, &record, 1, out);
}

static inline bool
story_script(struct fake_daemon *self, const struct request *request,
             struct buffer *out)
{
    (void)self;
    if (!strcmp(request->verb, "send")) {
        fake_outcomes(request, "", out);
        return true;
    }
    if (!strcmp(request->verb, "status")) {
        story_status(request, out);
        return true;
    }
    for (const struct story_answer *answer = story_answers;
         answer && answer->verb; answer++)
        if (!strcmp(answer->verb, request->verb)) {
            story_reply(request, answer->record, answer->count, out);
            return true;
        }
    story_reply(request, NULL, 0, out);
    return true;
}

#endif
