/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid [--check] [CONFIG]: one institution.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/child.h"
#include "base/log.h"
#include "conf/config.h"
#include "supervisor/supervisor.h"

#define DEFAULT_CONFIG "/etc/ciid/ciid.yaml"

static int
usage(void)
{
    fputs("usage: ciid [--check] [CONFIG]\n"
          "  --check  read the configuration, say what is wrong, and end\n",
          stderr);
    return 2;
}

/* The folder that this program stands in: its siblings are there. */
static enum cii_code
own_folder(char *folder, size_t size, struct cii_error *err)
{
    const ssize_t got = readlink("/proc/self/exe", folder, size - 1);
    if (got <= 0)
        return cii_fail(err, CII_SYSTEM, "cannot read /proc/self/exe");
    folder[got] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash)
        *slash = '\0';
    return CII_OK;
}

static enum cii_code
check(const char *path, struct cii_error *err)
{
    cii_auto(config_destroy) struct config *config = NULL;
    cii_auto(partners_destroy) struct partner_list *partners = NULL;
    cii_auto(catalogue_destroy) struct catalogue *catalogue = NULL;
    CII_TRY(config_load(&config, path, err));
    CII_TRY(partners_load(&partners, config, err));
    CII_TRY(
        catalogue_load(&catalogue, config->facets, config->event_types, err));
    log_open("ciid", (enum log_level)config->log_level);
    return CII_OK;
}

/* The core knows keys and rules: it goes on with the check in our place. */
static enum cii_code
check_core(const char *folder, const char *config, struct cii_error *err)
{
    char path[PATH_MAX + 16];
    snprintf(path, sizeof path, "%s/ciid-core", folder);
    execl(path, "ciid-core", "--check", config, (char *)NULL);
    return cii_fail(err, CII_SYSTEM, "cannot start %s: %s", path,
                    strerror(errno));
}

int
main(int argc, char **argv)
{
    struct cii_error err;
    log_open("ciid", LOG_INFO);
    bool only_check = false;
    const char *config = DEFAULT_CONFIG;
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--check") == 0)
            only_check = true;
        else if (argv[i][0] == '-')
            return usage();
        else
            config = argv[i];
    }
    char folder[PATH_MAX];
    enum cii_code code = check(config, &err);
    if (code == CII_OK)
        code = own_folder(folder, sizeof folder, &err);
    if (code == CII_OK && only_check)
        code = check_core(folder, config, &err);
    if (code == CII_OK)
        code = child_start(&err);
    if (code == CII_OK)
        code = supervise(config, folder, &err);
    if (code == CII_OK)
        return EXIT_SUCCESS;
    log_line(LOG_ERROR, "cannot start: %s", err.text);
    return EXIT_FAILURE;
}
