/* SPDX-License-Identifier: Apache-2.0 */
#include "legal/book.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define CONSENT    "consentement"
#define WITHDRAWAL "retrait-consentement"

/* gcc 12's analyzer loses what is stored in a list and calls it a leak;
 * LeakSanitizer watches this file in every test. */
#if defined __GNUC__ && !defined __clang__
#    pragma GCC diagnostic ignored "-Wanalyzer-malloc-leak"
#endif

struct told {
    struct told *next;
    char partner[INSTITUTION_MAX + 1];
};

struct entry {
    struct law_statement statement; /* first: a view points here */
    struct entry *older;
    struct told *told;
    bool ours;
    const char *occurred_on;
    struct content content[LAW_PARTS_MAX];
    /* fields and strings that the above point to */
    _Alignas(struct field) char text[];
};

/* Everything about one person, or between us and one institution. */
struct shelf {
    int64_t person;
    char other[INSTITUTION_MAX + 1]; /* person 0: the institution; "" none */
    struct entry *newest;            /* NULL: the place is free */
};

struct book {
    const struct catalogue *catalogue;
    const char *us;
    struct shelf *shelf; /* owned; open addressing */
    size_t room;         /* a power of two */
    size_t used;
    size_t size;
    const struct law_statement **view; /* owned; of the last question */
    size_t view_room;
    int consent; /* numbers of types, -1: none */
    int withdrawal;
};

#define FIRST_ROOM 256

enum cii_code
book_new(struct book **result, const struct catalogue *catalogue,
         const char *us, struct cii_error *err)
{
    assert(result && catalogue && us);

    cii_auto(book_destroy) struct book *book = calloc(1, sizeof *book);
    if (!book)
        return cii_fail(err, CII_MEMORY, "no memory for statements");
    book->catalogue = catalogue;
    book->us = us;
    book->consent = catalogue_type(catalogue, CONSENT);
    book->withdrawal = catalogue_type(catalogue, WITHDRAWAL);
    book->shelf = calloc(FIRST_ROOM, sizeof *book->shelf);
    if (!book->shelf)
        return cii_fail(err, CII_MEMORY, "no memory for statements");
    book->room = FIRST_ROOM;
    *result = cii_take(book);
    return CII_OK;
}

static void
entry_free(struct entry *entry)
{
    while (entry->told) {
        struct told *next = entry->told->next;
        free(entry->told);
        entry->told = next;
    }
    free(entry);
}

void
book_clear(struct book *book)
{
    for (size_t i = 0; i < book->room; i++)
        while (book->shelf[i].newest) {
            struct entry *older = book->shelf[i].newest->older;
            entry_free(book->shelf[i].newest);
            book->shelf[i].newest = older;
        }
    book->used = 0;
    book->size = 0;
}

void
book_destroy(struct book **book)
{
    if (!*book)
        return;
    if ((*book)->shelf)
        book_clear(*book);
    free((*book)->shelf);
    free((*book)->view);
    free(*book);
    *book = NULL;
}

bool
book_takes(const struct catalogue *catalogue, int type)
{
    if (type < 0 || (size_t)type >= catalogue->type_count)
        return false;
    const struct type_def *def = &catalogue->type[type];
    return def->statement || def->ends || def->ends_of_all;
}

/* --- shelves -------------------------------------------------------------*/

static size_t
hash_of(int64_t person, const char *other)
{
    uint64_t hash = (uint64_t)person * UINT64_C(0x9e3779b97f4a7c15);

    for (; *other; other++)
        hash = (hash ^ (unsigned char)*other) * UINT64_C(0x100000001b3);
    return (size_t)(hash ^ hash >> 32);
}

/* Its place, or the free one where it would stand. */
static struct shelf *
shelf_place(struct shelf *shelf, size_t room, int64_t person, const char *other)
{
    size_t i = hash_of(person, other) & (room - 1);

    while (shelf[i].newest &&
           (shelf[i].person != person || strcmp(shelf[i].other, other) != 0))
        i = (i + 1) & (room - 1);
    return &shelf[i];
}

static struct shelf *
shelf_find(const struct book *book, int64_t person, const char *other)
{
    struct shelf *shelf = shelf_place(book->shelf, book->room, person, other);

    return shelf->newest ? shelf : NULL;
}

static enum cii_code
grow(struct book *book, struct cii_error *err)
{
    const size_t room = book->room * 2;
    struct shelf *shelf = calloc(room, sizeof *shelf);

    if (!shelf)
        return cii_fail(err, CII_MEMORY, "no memory for statements");
    for (size_t i = 0; i < book->room; i++)
        if (book->shelf[i].newest)
            *shelf_place(shelf, room, book->shelf[i].person,
                         book->shelf[i].other) = book->shelf[i];
    free(book->shelf);
    book->shelf = shelf;
    book->room = room;
    return CII_OK;
}

static const char *
other_of(const struct book *book, const struct book_event *event)
{
    if (event->person != 0)
        return "";
    if (strcmp(event->header->issuer, book->us) != 0)
        return event->header->issuer;
    return case_names(book->catalogue, event->file);
}

static struct entry *
entry_find(const struct book *book, int64_t person, const char *other,
           int64_t event)
{
    const struct shelf *shelf = shelf_find(book, person, other);

    for (struct entry *entry = shelf ? shelf->newest : NULL; entry;
         entry = entry->older)
        if (entry->statement.event == event)
            return entry;
    return NULL;
}

/* --- what ends a statement -----------------------------------------------*/

static bool
is_listed(char **names, const char *name)
{
    for (; names && *names; names++)
        if (strcmp(*names, name) == 0)
            return true;
    return false;
}

/* One that names a statement ends that one, whatever day it speaks of; else
 * all that are not of a later day. What is kept here protects the person: it
 * is ended by name alone. */
static bool
is_ended_by(const struct book *book, const struct book_event *event,
            const struct entry *entry)
{
    const struct event_id *named = &event->header->in_reply_to;

    if (!event_id_is_zero(named))
        return event_id_equal(named, &entry->statement.id);
    return !book->catalogue->type[entry->statement.type].local &&
           strcmp(entry->occurred_on, event->header->occurred_on) <= 0;
}

/* Does this event end that statement, by its type? */
static bool
ends(const struct book *book, const struct book_event *event,
     const struct entry *entry)
{
    const struct type_def *type = &book->catalogue->type[event->file->type];
    const char *name = book->catalogue->type[entry->statement.type].name;

    if (is_listed(type->ends_of_all, name))
        return strcmp(entry->occurred_on, event->header->occurred_on) <= 0;
    return strcmp(event->header->issuer, entry->statement.issuer) == 0 &&
           is_listed(type->ends, name) && is_ended_by(book, event, entry);
}

/* Is the event of a kind that something newer has ended already? What came
 * late speaks of a day before. */
static bool
is_over(const struct book *book, const struct book_event *event,
        const struct entry *entry)
{
    const struct type_def *type = &book->catalogue->type[entry->statement.type];
    const char *name = book->catalogue->type[event->file->type].name;

    if (strcmp(entry->occurred_on, event->header->occurred_on) <= 0)
        return false;
    return is_listed(type->ends_of_all, name) ||
           (strcmp(event->header->issuer, entry->statement.issuer) == 0 &&
            is_listed(type->ends, name));
}

/* A pair's statement of the consent that this institution obtained under this
 * reference. */
static bool
is_consent(const struct book *book, const struct entry *entry,
           const char *obtained_by, const char *ref)
{
    const char *given =
        entry->statement.type == book->consent
            ? statement_value(book->catalogue, &entry->statement, "consent",
                              "consentRef")
            : NULL;

    return given && strcmp(given, ref) == 0 &&
           strcmp(entry->statement.issuer, obtained_by) == 0;
}

/* Does the consent, in one of its pairs, name the institution? Only such a one
 * withdraws it: another's consent may bear the same reference. */
static bool
is_named(const struct book *book, const struct shelf *shelf,
         const char *obtained_by, const char *ref, const char *institution)
{
    if (strcmp(obtained_by, institution) == 0)
        return true;
    for (const struct entry *entry = shelf ? shelf->newest : NULL; entry;
         entry = entry->older) {
        const char *between =
            is_consent(book, entry, obtained_by, ref)
                ? statement_value(book->catalogue, &entry->statement, "consent",
                                  "between")
                : NULL;
        if (between && names_hold(between, institution))
            return true;
    }
    return false;
}

/* A withdrawal names the consent by its reference. */
static bool
withdraws(const struct book *book, const struct book_event *event,
          const struct shelf *shelf, const struct entry *entry)
{
    const char *ref = event->file->type == book->withdrawal
                          ? case_value(book->catalogue, event->file,
                                       "withdrawal", "withdrawnRef")
                          : NULL;
    const char *obtained_by = entry->statement.issuer;

    return ref && is_consent(book, entry, obtained_by, ref) &&
           is_named(book, shelf, obtained_by, ref, event->header->issuer);
}

/* Both speak of one line of state, from the same institution. */
static bool
is_same_line(const struct book *book, int type, const char *issuer,
             const struct entry *entry)
{
    const char *line = book->catalogue->type[type].line;

    return *line && strcmp(issuer, entry->statement.issuer) == 0 &&
           strcmp(line, book->catalogue->type[entry->statement.type].line) == 0;
}

/* Ends what the event ends; true when the event itself is behind the times:
 * something newer of its line, or what ends it, is known. */
static bool
end_others(struct book *book, const struct book_event *event,
           const struct shelf *shelf)
{
    bool behind = false;

    for (struct entry *entry = shelf ? shelf->newest : NULL; entry;
         entry = entry->older) {
        if (entry->statement.event == event->event)
            continue;
        if (ends(book, event, entry) || withdraws(book, event, shelf, entry))
            entry->statement.ended = true;
        if (is_over(book, event, entry))
            behind = true;
        if (!book->catalogue->type[event->file->type].statement ||
            !is_same_line(book, event->file->type, event->header->issuer,
                          entry))
            continue;
        if (strcmp(entry->occurred_on, event->header->occurred_on) > 0)
            behind = true;
        else
            entry->statement.ended = true;
    }
    return behind;
}

/* Was its consent withdrawn before it came? */
static bool
is_withdrawn(const struct book *book, const struct book_event *event,
             const struct shelf *shelf)
{
    if (event->file->type != book->consent)
        return false;
    const char *obtained_by = event->header->issuer;
    const char *given =
        case_value(book->catalogue, event->file, "consent", "consentRef");
    const char *between =
        case_value(book->catalogue, event->file, "consent", "between");
    for (const struct entry *entry = shelf ? shelf->newest : NULL;
         entry && given; entry = entry->older) {
        const char *by = entry->statement.issuer;
        const char *withdrawn =
            entry->statement.type == book->withdrawal
                ? statement_value(book->catalogue, &entry->statement,
                                  "withdrawal", "withdrawnRef")
                : NULL;
        if (withdrawn && strcmp(withdrawn, given) == 0 &&
            ((between && names_hold(between, by)) ||
             is_named(book, shelf, obtained_by, given, by)))
            return true;
    }
    return false;
}

/* --- taking one ----------------------------------------------------------*/

/* Identity tells predicates nothing, and is the largest part. */
static bool
is_kept(const struct book *book, const struct case_file *file, size_t facet)
{
    return file->by_number[facet] && (int)facet != book->catalogue->identity;
}

static size_t
text_size(const struct book *book, const struct book_event *event)
{
    const struct header *header = event->header;
    size_t size = strlen(header->issuer) + strlen(header->case_ref) +
                  strlen(header->occurred_on) + 3;

    for (size_t i = 0; i < book->catalogue->facet_count; i++) {
        const struct content *content = event->file->by_number[i];
        for (size_t j = 0;
             is_kept(book, event->file, i) && j < content->field_count; j++)
            size += sizeof(struct field) + strlen(content->field[j].name) +
                    strlen(content->field[j].value) + 2;
    }
    return size;
}

/* Where the next string goes. */
struct pen {
    struct field *field;
    char *text;
};

static const char *
put_text(struct pen *pen, const char *text)
{
    const size_t size = strlen(text) + 1;
    char *put = memcpy(pen->text, text, size);

    pen->text += size;
    return put;
}

/* The catalogue's own text for a name: predicates ask by the very same. */
static const char *
name_of(const struct facet_def *def, const char *name, struct pen *pen)
{
    const int known = facet_field(def, name);

    return known >= 0 ? def->field[known].name : put_text(pen, name);
}

static void
put_content(struct pen *pen, const struct facet_def *def,
            const struct content *in, struct content *out)
{
    *out =
        (struct content){.field_count = in->field_count, .field = pen->field};
    for (size_t i = 0; i < in->field_count; i++)
        *pen->field++ =
            (struct field){.name = name_of(def, in->field[i].name, pen),
                           .value = put_text(pen, in->field[i].value)};
}

static size_t
fields_of(const struct book *book, const struct case_file *file)
{
    size_t count = 0;

    for (size_t i = 0; i < book->catalogue->facet_count; i++)
        if (is_kept(book, file, i))
            count += file->by_number[i]->field_count;
    return count;
}

static void
fill(const struct book *book, const struct book_event *event,
     struct entry *entry)
{
    const struct header *header = event->header;
    struct pen pen = {.field = (struct field *)(void *)entry->text};
    struct law_statement *statement = &entry->statement;

    pen.text =
        entry->text + fields_of(book, event->file) * sizeof(struct field);
    statement->type = event->file->type;
    statement->issuer = put_text(&pen, header->issuer);
    statement->case_ref = put_text(&pen, header->case_ref);
    statement->id = header->event_id;
    statement->event = event->event;
    entry->occurred_on = put_text(&pen, header->occurred_on);
    entry->ours = strcmp(header->issuer, book->us) == 0;
    for (size_t i = 0; i < book->catalogue->facet_count; i++) {
        if (!is_kept(book, event->file, i) ||
            statement->part_count == LAW_PARTS_MAX)
            continue;
        struct content *content = &entry->content[statement->part_count];
        put_content(&pen, &book->catalogue->facet[i], event->file->by_number[i],
                    content);
        statement->part[statement->part_count++] = (struct law_part){
            .facet = (int)i,
            .content = content,
            .listed = law_listed(book->catalogue, (int)i, content),
        };
    }
}

/* The newest stands first, by its row. */
static void
put_on(struct shelf *shelf, struct entry *entry)
{
    struct entry **place = &shelf->newest;

    while (*place && (*place)->statement.event > entry->statement.event)
        place = &(*place)->older;
    entry->older = *place;
    *place = entry;
}

static enum cii_code
add_entry(struct book *book, const struct book_event *event, const char *other,
          bool ended, struct cii_error *err)
{
    if (4 * (book->used + 1) > 3 * book->room)
        CII_TRY(grow(book, err));
    struct entry *entry = calloc(1, sizeof *entry + text_size(book, event));
    if (!entry)
        return cii_fail(err, CII_MEMORY, "no memory for a statement");
    fill(book, event, entry);
    entry->statement.ended = ended;

    struct shelf *shelf =
        shelf_place(book->shelf, book->room, event->person, other);
    if (!shelf->newest) {
        shelf->person = event->person;
        memcpy(shelf->other, other, strlen(other) + 1);
        book->used++;
    }
    put_on(shelf, entry);
    book->size++;
    return CII_OK;
}

enum cii_code
book_add(struct book *book, const struct book_event *event,
         struct cii_error *err)
{
    const int type = event->file->type;
    if (!book_takes(book->catalogue, type))
        return CII_OK;
    const char *other = other_of(book, event);
    if (strlen(other) > INSTITUTION_MAX ||
        entry_find(book, event->person, other, event->event))
        return CII_OK;

    const struct shelf *shelf = shelf_find(book, event->person, other);
    const bool behind = end_others(book, event, shelf);
    const bool ended = behind || is_withdrawn(book, event, shelf);
    if (!book->catalogue->type[type].statement)
        return CII_OK;
    return add_entry(book, event, other, ended, err);
}

/* --- who was told --------------------------------------------------------*/

static bool
is_told(const struct entry *entry, const char *partner)
{
    for (const struct told *told = entry->told; told; told = told->next)
        if (strcmp(told->partner, partner) == 0)
            return true;
    return false;
}

/* What is about nobody stands where its partner is, or with all. */
static struct entry *
entry_for(const struct book *book, int64_t person, int64_t event,
          const char *partner)
{
    struct entry *entry =
        person == 0 ? entry_find(book, 0, partner, event) : NULL;

    return entry ? entry : entry_find(book, person, "", event);
}

enum cii_code
book_tell(struct book *book, int64_t person, int64_t event, const char *partner,
          struct cii_error *err)
{
    struct entry *entry = entry_for(book, person, event, partner);
    if (!entry || is_told(entry, partner) || strlen(partner) > INSTITUTION_MAX)
        return CII_OK;
    struct told *told = calloc(1, sizeof *told);
    if (!told)
        return cii_fail(err, CII_MEMORY, "no memory for a statement");
    memcpy(told->partner, partner, strlen(partner) + 1);
    told->next = entry->told;
    entry->told = told;
    return CII_OK;
}

void
book_untell(struct book *book, int64_t person, int64_t event,
            const char *partner)
{
    struct entry *entry = entry_for(book, person, event, partner);
    struct told **link = entry ? &entry->told : NULL;

    while (link && *link && strcmp((*link)->partner, partner) != 0)
        link = &(*link)->next;
    if (!link || !*link)
        return;
    struct told *told = *link;
    *link = told->next;
    free(told);
}

bool
book_is_told(const struct book *book, int64_t person, int64_t event,
             const char *partner)
{
    const struct entry *entry = entry_for(book, person, event, partner);
    return entry && is_told(entry, partner);
}

bool
statement_is_known_to(const struct law_statement *statement,
                      const char *partner)
{
    /* a view points to the statement of an entry, its first member */
    const struct entry *entry = (const struct entry *)(const void *)statement;

    return strcmp(statement->issuer, partner) == 0 || is_told(entry, partner);
}

/* --- looking up ----------------------------------------------------------*/

static enum cii_code
show(struct book *book, const struct entry *entry, size_t *count,
     struct cii_error *err)
{
    if (*count == book->view_room) {
        const size_t room = book->view_room * 2 + 32;
        const struct law_statement **grown =
            reallocarray(book->view, room, sizeof(struct law_statement *));
        if (!grown)
            return cii_fail(err, CII_MEMORY, "no memory for statements");
        book->view = grown;
        book->view_room = room;
    }
    book->view[(*count)++] = &entry->statement;
    return CII_OK;
}

static enum cii_code
show_shelf(struct book *book, int64_t person, const char *other,
           const char *untold_to, size_t *count, struct cii_error *err)
{
    const struct shelf *shelf = shelf_find(book, person, other);

    for (const struct entry *entry = shelf ? shelf->newest : NULL; entry;
         entry = entry->older)
        if (!untold_to || !entry->ours || is_told(entry, untold_to))
            CII_TRY(show(book, entry, count, err));
    return CII_OK;
}

enum cii_code
book_view(struct book *book, int64_t person, const char *partner, bool arrival,
          struct book_view *view, struct cii_error *err)
{
    const char *untold_to = arrival ? partner : NULL;

    *view = (struct book_view){0};
    if (book->size == 0)
        return CII_OK;
    if (person != 0)
        CII_TRY(show_shelf(book, person, "", untold_to, &view->count, err));
    CII_TRY(show_shelf(book, 0, partner, untold_to, &view->count, err));
    if (*partner)
        CII_TRY(show_shelf(book, 0, "", untold_to, &view->count, err));
    view->statement = book->view;
    return CII_OK;
}

enum cii_code
book_all(struct book *book, int64_t person, struct book_view *view,
         struct cii_error *err)
{
    *view = (struct book_view){0};
    if (person != 0)
        CII_TRY(show_shelf(book, person, "", NULL, &view->count, err));
    for (size_t i = 0; person == 0 && i < book->room; i++)
        if (book->shelf[i].newest && book->shelf[i].person == 0)
            CII_TRY(show_shelf(book, 0, book->shelf[i].other, NULL,
                               &view->count, err));
    view->statement = book->view;
    return CII_OK;
}

bool
book_knows(const struct book *book, int64_t person)
{
    return shelf_find(book, person, "") != NULL;
}

const char *
statement_value(const struct catalogue *catalogue,
                const struct law_statement *statement, const char *facet,
                const char *field)
{
    const int number = catalogue_facet(catalogue, facet);

    for (size_t i = 0; i < statement->part_count; i++)
        if (statement->part[i].facet == number)
            return content_find(statement->part[i].content, field);
    return NULL;
}

/* Both hold the same two names, in whatever order. */
static bool
is_same_pair(const char *one, const char *other)
{
    struct name_part part;

    while (names_next(&one, &part)) {
        char name[INSTITUTION_MAX + 1] = "";
        if (part.length > INSTITUTION_MAX)
            return false;
        memcpy(name, part.text, part.length);
        if (!names_hold(other, name))
            return false;
    }
    return true;
}

bool
book_has_consent(const struct book *book, const char *obtained_by,
                 const char *ref, int64_t person, const char *between)
{
    for (size_t i = 0; i < book->room; i++)
        for (const struct entry *entry = book->shelf[i].newest; entry;
             entry = entry->older) {
            if (!is_consent(book, entry, obtained_by, ref))
                continue;
            const char *pair =
                statement_value(book->catalogue, &entry->statement, "consent",
                                "between");
            if (book->shelf[i].person != person ||
                (pair && is_same_pair(pair, between)))
                return true;
        }
    return false;
}

size_t
book_size(const struct book *book)
{
    return book->size;
}

const struct catalogue *
book_catalogue(const struct book *book)
{
    return book->catalogue;
}
