/* SPDX-License-Identifier: Apache-2.0 */
#include "jurist/options.h"

#include <getopt.h>
#include <string.h>

enum word {
    WORD_RULES = 256,
    WORD_FACETS,
    WORD_TYPES,
    WORD_CONFIG,
    WORD_HTML,
    WORD_EVENT,
    WORD_CANTON,
    WORD_JSON,
    WORD_VERBOSE,
    WORD_STRICT,
    WORD_COVERAGE,
    WORD_HELP
};

static const struct option words[] = {
    {"rules", required_argument, NULL, WORD_RULES},
    {"facets", required_argument, NULL, WORD_FACETS},
    {"event-types", required_argument, NULL, WORD_TYPES},
    {"config", required_argument, NULL, WORD_CONFIG},
    {"html", required_argument, NULL, WORD_HTML},
    {"event", required_argument, NULL, WORD_EVENT},
    {"canton", required_argument, NULL, WORD_CANTON},
    {"json", no_argument, NULL, WORD_JSON},
    {"verbose", no_argument, NULL, WORD_VERBOSE},
    {"strict", no_argument, NULL, WORD_STRICT},
    {"coverage", no_argument, NULL, WORD_COVERAGE},
    {"help", no_argument, NULL, WORD_HELP},
    {NULL, 0, NULL, 0},
};

/* False when it is no word of ours. */
static bool
take(struct options *options, int word, const char *value)
{
    switch (word) {
    case WORD_RULES:
        options->rules = value;
        return true;
    case WORD_FACETS:
        options->facets = value;
        return true;
    case WORD_TYPES:
        options->event_types = value;
        return true;
    case WORD_CONFIG:
        options->config = value;
        return true;
    case WORD_HTML:
        options->html = value;
        return true;
    case WORD_EVENT:
        options->event = value;
        return true;
    case WORD_CANTON:
        options->canton = value;
        return true;
    case WORD_JSON:
        options->json = true;
        return true;
    case WORD_VERBOSE:
        options->verbose = true;
        return true;
    case WORD_STRICT:
        options->strict = true;
        return true;
    case WORD_COVERAGE:
        options->coverage = true;
        return true;
    case WORD_HELP:
        options->help = true;
        return true;
    default:
        return false;
    }
}

enum cii_code
options_read(struct options *options, int argc, char **argv,
             struct cii_error *err)
{
    int word = 0;

    optind = 0; /* from the beginning, whoever read before */
    opterr = 0;
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): there is one thread */
    while ((word = getopt_long(argc, argv, "", words, NULL)) != -1)
        if (!take(options, word, optarg))
            return cii_fail(err, CII_INVALID,
                            "'%s' is no option here, or lacks its value",
                            argv[optind - 1]);
    options->operand = argv + optind;
    options->operand_count = (size_t)(argc - optind);
    return CII_OK;
}
