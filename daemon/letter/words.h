/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LETTER_WORDS_H
#define LETTER_WORDS_H

/*
 * How a letter calls things in one language: facets, fields, codes, types of
 * events, kinds of institution, months.
 *
 * The words are data (config/letters/words.fr.txt and its sisters), a line
 * `key = label` each, in UTF-8; a line that begins with # is a comment. A key
 * is a family and a name, with a dot between: facet.dates, field.endsOn,
 * code.cause.quota, type.fin-de-droits, kind.orp, month.12. What has no label
 * is called by the last part of its key: a letter is never without a word.
 *
 * Nothing here reads a file or the clock.
 */

#include <stddef.h>

#include "cii/error.h"
#include "proto/bytes.h"

#define WORDS_SIZE_MAX  ((size_t)256 * 1024)
#define WORDS_KEY_MAX   80  /* bytes of a key */
#define WORDS_LABEL_MAX 240 /* bytes of a label */
#define WORDS_DAY_SIZE  64  /* holds every day that words_day() writes */

struct field_def;
struct words;

/*
 * Reads the text of a words file; it is copied and need not last. CONFIG with
 * file and line when a line is no `key = label`, a key comes twice, or a size
 * above is exceeded. On failure *words stays as it was.
 */
cii_must_check enum cii_code words_parse(struct words **words, const char *file,
                                         struct bytes text,
                                         struct cii_error *err);

/* Destroys and sets to NULL; does nothing if already NULL. */
void words_close(struct words **words);

/* The label of a whole key, or NULL; lives as long as the words. */
const char *words_find(const struct words *words, const char *key);

/* The label of FAMILY.NAME, or else the name itself. */
const char *words_label(const struct words *words, const char *family,
                        const char *name);

/*
 * Appends the labels of several names, which stand in `names` with spaces
 * between, with ", " between. Appends nothing when there is no name.
 */
void words_append_labels(const struct words *words, const char *family,
                         const char *names, struct buffer *text);

/*
 * Appends a field's value as a letter says it: codes by their labels, yes and
 * no by yesno.yes and yesno.no, names of facets and of types by theirs,
 * institutions by institution.ID where there is such a key, days in words, the
 * AVS number with its dots; all else as it is. A value that is not of the
 * field's form is appended as it is, too.
 */
void words_append_value(const struct words *words,
                        const struct field_def *field, const char *value,
                        struct buffer *text);

/*
 * Appends the citation of a rule ("LACI 85f al. 3-4; LAI 68bis al. 4") in this
 * language ("AVIG 85f Abs. 3-4; IVG 68bis Abs. 4"): each run of letters,
 * digits and dots by its label in the family law, or else as it is.
 */
void words_append_citation(const struct words *words, const char *citation,
                           struct buffer *text);

/*
 * Writes "2026-12-31" as "31 décembre 2026", "2026-12" as "décembre 2026" and
 * "2026" as "2026": months by month.1 to month.12, the day by day.1 to day.31
 * where that has a label ("1er"), their order by date.form, which is
 * "{day} {month} {year}" unless the file says otherwise. What is no day is
 * written as it is, cut to what fits.
 */
void words_day(const struct words *words, const char *day,
               char text[WORDS_DAY_SIZE]);

#endif
