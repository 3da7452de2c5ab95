/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "archive/stored.h"
#include "legal/book.h"

#define PAGE      1024
#define ARENA_MAX ((size_t)4 << 20)

/* The rows to add, in the order in which they were stored. */
struct rows {
    int64_t *number; /* owned */
    size_t count;
};

static void
rows_done(struct rows *rows)
{
    free(rows->number);
}

static enum cii_code
list_type(struct store *store, const char *type, struct rows *rows,
          struct cii_error *err)
{
    struct event_filter filter = {.type = type, .hidden = true};
    size_t count = PAGE;

    while (count == PAGE) {
        int64_t *grown =
            reallocarray(rows->number, rows->count + PAGE, sizeof *grown);
        if (!grown)
            return cii_fail(err, CII_MEMORY, "no memory for statements");
        rows->number = grown;
        CII_TRY(store_event_list(store, &filter, grown + rows->count, PAGE,
                                 &count, err));
        rows->count += count;
        if (count > 0)
            filter.after = rows->number[rows->count - 1];
    }
    return CII_OK;
}

static int
compare(const void *a, const void *b)
{
    const int64_t left = *(const int64_t *)a;
    const int64_t right = *(const int64_t *)b;

    return (left > right) - (left < right);
}

/* --- one of them ---------------------------------------------------------*/

struct tell {
    struct book *book;
    int64_t person;
    int64_t event;
    enum cii_code code;
    struct cii_error *err;
};

static void
tell(void *context, const char *partner)
{
    struct tell *tell = context;

    if (tell->code == CII_OK)
        tell->code = book_tell(tell->book, tell->person, tell->event, partner,
                               tell->err);
}

static enum cii_code
add_row(struct book *book, const struct catalogue *catalogue,
        struct archive *archive, int64_t number, struct arena *arena,
        struct cii_error *err)
{
    struct stored_event stored;
    struct case_file file;
    const enum cii_code code = stored_get(archive, number, arena, &stored, err);

    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    if (case_open(catalogue, &stored.event.header, stored.event.facet,
                  stored.event.facet_count, arena, &file, NULL) != CII_OK)
        return CII_OK;
    const struct book_event event = {.person = stored.person,
                                     .event = number,
                                     .header = &stored.event.header,
                                     .file = &file};
    CII_TRY(book_add(book, &event, err));
    struct tell telling = {.book = book,
                           .person = stored.person,
                           .event = number,
                           .code = CII_OK,
                           .err = err};
    CII_TRY(store_delivery_each(archive->store, number, tell, &telling, err));
    return telling.code;
}

enum cii_code
book_fill(struct book *book, struct archive *archive, struct cii_error *err)
{
    const struct catalogue *catalogue = book_catalogue(book);
    cii_auto(rows_done) struct rows rows = {0};
    cii_auto(arena_destroy) struct arena *arena = NULL;

    CII_TRY(arena_new(&arena, ARENA_MAX, err));
    for (size_t i = 0; i < catalogue->type_count; i++)
        if (book_takes(catalogue, (int)i))
            CII_TRY(
                list_type(archive->store, catalogue->type[i].name, &rows, err));
    if (rows.count == 0)
        return CII_OK;
    qsort(rows.number, rows.count, sizeof *rows.number, compare);
    for (size_t i = 0; i < rows.count; i++) {
        arena_reset(arena);
        CII_TRY(add_row(book, catalogue, archive, rows.number[i], arena, err));
    }
    return CII_OK;
}
