/* SPDX-License-Identifier: Apache-2.0 */

/*
 * `cii pki`: certificates for a pilot, without a daemon.
 */

#include <jansson.h>
#include <stdlib.h>

#include "client/pki/pki.h"
#include "client/tool/rows.h"
#include "client/tool/tool.h"

#define DEFAULT_DIR  "pki"
#define DEFAULT_NAME "CII pilot"
#define DAY_SECONDS  86400
#define DAYS_MAX     3650

static const char *
dir_of(const struct args *args)
{
    const char *dir = args_get(args, "dir");

    return dir ? dir : DEFAULT_DIR;
}

/* What was written, and where. */
static enum tool_status
tell(const struct tool *tool, const char *what, const char *where)
{
    if (tool->json)
        json_put_line(tool,
                      json_pack("{s:s, s:s}", "done", what, "folder", where));
    else
        fprintf(tool->out, "%s: %s\n", what, where);
    return STATUS_DONE;
}

enum tool_status
cmd_pki_init(struct tool *tool, const struct args *args)
{
    const char *name = args_get(args, "name");
    struct cii_error err = {0};

    if (pki_init(dir_of(args), name ? name : DEFAULT_NAME, &err) != CII_OK)
        return tool_fail(tool, &err);
    return tell(tool, "authority made", dir_of(args));
}

enum tool_status
cmd_pki_issue(struct tool *tool, const struct args *args)
{
    const char *out = args_get(args, "out");
    const char *days = args_get(args, "days");
    struct pki_options options = {0};
    struct cii_error err = {0};

    if (days) {
        const long count = strtol(days, NULL, 10);
        if (count < 1 || count > DAYS_MAX)
            return tool_misused(tool, "--days is 1 to %d", DAYS_MAX);
        options.not_after = (int64_t)count * DAY_SECONDS;
    }
    if (!out)
        out = args->word[0];
    if (pki_issue_with(dir_of(args), args->word[0], out, &options, &err) !=
        CII_OK)
        return tool_fail(tool, &err);
    return tell(tool, "certificate and keys issued", out);
}

enum tool_status
cmd_pki_revoke(struct tool *tool, const struct args *args)
{
    struct cii_error err = {0};

    if (pki_revoke(dir_of(args), args->word[0], &err) != CII_OK)
        return tool_fail(tool, &err);
    return tell(tool, "revoked; give every partner the new crl.pem in",
                dir_of(args));
}

enum tool_status
cmd_pki_renew(struct tool *tool, const struct args *args)
{
    struct cii_error err = {0};

    if (pki_renew_crl(dir_of(args), &err) != CII_OK)
        return tool_fail(tool, &err);
    return tell(tool, "renewed; give every partner the new crl.pem in",
                dir_of(args));
}
