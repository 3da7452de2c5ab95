/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "legal/book.h"

#define PAGE      1024
#define ARENA_MAX ((size_t)4 << 20)

void
book_rows_done(struct book_rows *rows)
{
    free(rows->number);
    *rows = (struct book_rows){0};
}

/* gcc 12's analyzer takes what a list keeps for a leak; LeakSanitizer watches
 * this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

static enum cii_code
list_type(struct store *store, const char *type, int64_t person,
          struct book_rows *rows, struct cii_error *err)
{
    struct event_filter filter = {.type = type,
                                  .person = person,
                                  .hidden = true};
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

/* A person, or with BOOK_EVERYBODY all of them. */
static bool
is_asked(const struct type_def *type, int64_t person)
{
    return !type->personal || person != 0;
}

static int64_t
person_of(const struct type_def *type, int64_t person)
{
    return type->personal && person != BOOK_EVERYBODY ? person : 0;
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

enum cii_code
book_add_stored(struct book *book, const struct stored_event *stored,
                struct arena *arena, struct cii_error *err)
{
    const struct event *event = &stored->event;
    struct case_file file;

    if (case_open(book_catalogue(book), &event->header, event->facet,
                  event->facet_count, arena, &file, NULL) != CII_OK)
        return CII_OK;
    return book_add(book,
                    &(struct book_event){.person = stored->person,
                                         .event = stored->number,
                                         .header = &event->header,
                                         .file = &file},
                    err);
}

static enum cii_code
add_row(struct book *book, struct archive *archive, int64_t number,
        struct arena *arena, struct cii_error *err)
{
    struct stored_event stored;
    const enum cii_code code = stored_get(archive, number, arena, &stored, err);

    if (stored_is_damaged(code))
        return CII_OK;
    CII_TRY(code);
    CII_TRY(book_add_stored(book, &stored, arena, err));
    struct tell telling = {.book = book,
                           .person = stored.person,
                           .event = number,
                           .code = CII_OK,
                           .err = err};
    CII_TRY(store_delivery_each(archive->store, number, tell, &telling, err));
    return telling.code;
}

enum cii_code
book_list(struct store *store, const struct catalogue *catalogue,
          int64_t person, struct book_rows *rows, struct cii_error *err)
{
    cii_auto(book_rows_done) struct book_rows found = {0};

    for (size_t i = 0; i < catalogue->type_count; i++) {
        const struct type_def *type = &catalogue->type[i];
        if (book_takes(catalogue, (int)i) && is_asked(type, person))
            CII_TRY(list_type(store, type->name, person_of(type, person),
                              &found, err));
    }
    if (found.count > 0)
        qsort(found.number, found.count, sizeof *found.number, compare);
    *rows = found;
    found = (struct book_rows){0};
    return CII_OK;
}

static enum cii_code
fill(struct book *book, struct archive *archive, int64_t person,
     struct cii_error *err)
{
    cii_auto(book_rows_done) struct book_rows rows = {0};
    cii_auto(arena_destroy) struct arena *arena = NULL;

    CII_TRY(arena_new(&arena, ARENA_MAX, err));
    CII_TRY(
        book_list(archive->store, book_catalogue(book), person, &rows, err));
    for (size_t i = 0; i < rows.count; i++) {
        arena_reset(arena);
        CII_TRY(add_row(book, archive, rows.number[i], arena, err));
    }
    return CII_OK;
}

enum cii_code
book_fill(struct book *book, struct archive *archive, struct cii_error *err)
{
    return fill(book, archive, BOOK_EVERYBODY, err);
}

enum cii_code
book_fill_person(struct book *book, struct archive *archive, int64_t person,
                 struct cii_error *err)
{
    return fill(book, archive, person, err);
}
