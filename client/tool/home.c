/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/tool/tool.h"

static bool
keep_home(void *context, const struct cii_record *record)
{
    struct home *home = context;

    if (strcmp(record->kind, "status") != 0)
        return true;
    snprintf(home->institution, sizeof home->institution, "%s",
             cii_record_get(record, "institution"));
    snprintf(home->day, sizeof home->day, "%.10s",
             cii_record_get(record, "now"));
    home->pilot = !strcmp(cii_record_get(record, "profile"), "pilot");
    return true;
}

enum cii_code
tool_learn_home(struct tool *tool, struct cii_error *err)
{
    return cii_ask(tool->client, "status", NULL, 0, keep_home, &tool->home,
                   err);
}

void
tool_note_pilot(const struct tool *tool)
{
    if (tool->home.pilot && !tool->json)
        fputs("pilot: test events only; rules that nobody has signed off "
              "count\n",
              tool->err);
}
