/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/sources.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/config.h"

#define DEFAULT_CONFIG "/etc/ciid/ciid.yaml"

static enum cii_code
keep(char **result, const char *text, struct cii_error *err)
{
    *result = strdup(text);
    return *result ? CII_OK : cii_fail(err, CII_MEMORY, "no memory");
}

/* --facets, or the file of that name beside the folder. */
static enum cii_code
keep_beside(char **result, const char *said, const char *folder,
            const char *name, struct cii_error *err)
{
    if (said)
        return keep(result, said, err);
    if (asprintf(result, "%s/../%s", folder, name) >= 0)
        return CII_OK;
    *result = NULL;
    return cii_fail(err, CII_MEMORY, "no memory");
}

static enum cii_code
find_beside(struct sources *sources, const struct options *options,
            const char *folder, struct cii_error *err)
{
    CII_TRY(keep(&sources->rules, folder, err));
    CII_TRY(keep_beside(&sources->facets, options->facets, folder,
                        "facets.yaml", err));
    return keep_beside(&sources->event_types, options->event_types, folder,
                       "event-types.yaml", err);
}

static enum cii_code
find_in_config(struct sources *sources, const struct options *options,
               const char *folder, struct cii_error *err)
{
    cii_auto(config_destroy) struct config *config = NULL;
    const char *path = options->config ? options->config : DEFAULT_CONFIG;

    CII_TRY(config_load(&config, path, err));
    sources->pilot = config->profile == PROFILE_PILOT;
    CII_TRY(keep(&sources->rules, folder ? folder : config->rules, err));
    CII_TRY(keep(&sources->facets,
                 options->facets ? options->facets : config->facets, err));
    return keep(&sources->event_types,
                options->event_types ? options->event_types
                                     : config->event_types,
                err);
}

enum cii_code
sources_open(struct sources *sources, const struct options *options,
             const char *folder, struct cii_error *err)
{
    if (!folder)
        folder = options->rules;
    if (folder && !options->config)
        CII_TRY(find_beside(sources, options, folder, err));
    else
        CII_TRY(find_in_config(sources, options, folder, err));
    return catalogue_load(&sources->catalogue, sources->facets,
                          sources->event_types, err);
}

void
sources_done(struct sources *sources)
{
    law_destroy(&sources->law[0]);
    law_destroy(&sources->law[1]);
    rule_texts_destroy(&sources->texts);
    catalogue_destroy(&sources->catalogue);
    free(sources->rules);
    free(sources->facets);
    free(sources->event_types);
    memset(sources, 0, sizeof *sources);
}

enum cii_code
sources_texts(struct sources *sources, const struct rule_texts **texts,
              struct cii_error *err)
{
    if (!sources->texts)
        CII_TRY(rule_texts_load(&sources->texts, sources->rules, err));
    *texts = sources->texts;
    return CII_OK;
}

enum cii_code
sources_law(struct sources *sources, bool pilot, const struct law **law,
            struct cii_error *err)
{
    const struct rule_texts *texts = NULL;

    CII_TRY(sources_texts(sources, &texts, err));
    if (!sources->law[pilot])
        CII_TRY(legal_build(&sources->law[pilot], texts, sources->catalogue,
                            pilot, err));
    *law = sources->law[pilot];
    return CII_OK;
}
