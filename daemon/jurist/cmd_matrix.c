/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ciid-law matrix: who may tell whom, at one glance.
 */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "jurist/json.h"
#include "jurist/jurist.h"
#include "jurist/matrix.h"
#include "jurist/sources.h"
#include "proto/date.h"

#define DAY_SECONDS 86400

static void
print_today(char text[11])
{
    const struct date today = date_from_days((int64_t)time(NULL) / DAY_SECONDS);

    date_print(&today, text);
}

static enum outcome
write_page(const struct matrix *matrix, const char *path)
{
    FILE *page = fopen(path, "we");
    char today[11] = "";

    if (!page)
        return jurist_fail(OUTCOME_UNREAD, "cannot write %s: %s", path,
                           strerror(errno));
    print_today(today);
    matrix_print_page(matrix, today, page);
    const bool failed = ferror(page) != 0;
    if (fclose(page) != 0 || failed)
        return jurist_fail(OUTCOME_UNREAD, "cannot write %s: %s", path,
                           strerror(errno));
    return OUTCOME_OK;
}

static enum outcome
print(const struct matrix *matrix, const struct options *options)
{
    struct json json = {.out = options->out};

    if (options->html)
        return write_page(matrix, options->html);
    if (options->json)
        matrix_put_json(matrix, &json);
    else
        matrix_print(matrix, options->verbose, options->out);
    return OUTCOME_OK;
}

/* INVALID with the nearest name when --event or --canton names none. */
static enum cii_code
narrow(struct matrix *matrix, const struct options *options,
       struct cii_error *err)
{
    char id[8] = "";

    if (options->event) {
        matrix->type = catalogue_type(matrix->catalogue, options->event);
        const char *near =
            catalogue_nearest_type(matrix->catalogue, options->event);
        if (matrix->type < 0)
            return cii_fail(err, CII_INVALID, "'%s' is no type of event%s%s%s",
                            options->event, near ? "; did you mean '" : "",
                            near ? near : "", near ? "'?" : "");
    }
    if (!options->canton)
        return CII_OK;
    (void)snprintf(id, sizeof id, "%.2s.orp", options->canton);
    if (strlen(options->canton) != 2 || institution_check(id, NULL) != CII_OK)
        return cii_fail(err, CII_INVALID,
                        "'%s' is no canton: write its two letters in lower "
                        "case",
                        options->canton);
    matrix->canton = options->canton;
    return CII_OK;
}

enum outcome
jurist_matrix(const struct options *options)
{
    cii_auto(sources_done) struct sources sources = {0};
    cii_auto(matrix_done) struct matrix matrix = {.type = -1};
    struct cii_error err = {0};

    if (options->operand_count > 0)
        return jurist_fail(OUTCOME_USAGE,
                           "matrix: '%s' is too much; see --rules FOLDER",
                           options->operand[0]);
    if (sources_open(&sources, options, NULL, &err) != CII_OK ||
        sources_texts(&sources, &matrix.texts, &err) != CII_OK ||
        sources_law(&sources, true, &matrix.law, &err) != CII_OK)
        return jurist_fail(OUTCOME_UNREAD, "%s", err.text);
    matrix.catalogue = sources.catalogue;
    matrix.folder = sources.rules;
    if (narrow(&matrix, options, &err) != CII_OK)
        return jurist_fail(OUTCOME_USAGE, "matrix: %s", err.text);
    if (matrix_init(&matrix, &err) != CII_OK)
        return jurist_fail(OUTCOME_UNREAD, "%s", err.text);
    return print(&matrix, options);
}
