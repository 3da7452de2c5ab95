/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LEGAL_BOOK_H
#define LEGAL_BOOK_H

/*
 * The book: every statement that may still decide something, in memory, by
 * person.
 *
 * Statements are events of the store; the book is made of them at start, and
 * follows each turn. An undone turn makes it anew. It knows what ends a
 * statement: a newer one of its line by the same issuer, an event that ends
 * its type, the withdrawal of a consent. Whether its days are over is the
 * law's question, each time.
 */

#include "archive/stored.h"
#include "law/law.h"
#include "legal/case_file.h"

struct book;

/* The catalogue and our own id are borrowed. */
cii_must_check enum cii_code book_new(struct book **book,
                                      const struct catalogue *catalogue,
                                      const char *us, struct cii_error *err);
void book_destroy(struct book **book);
void book_clear(struct book *book);

/* Is an event of this type of interest at all: a statement, or what ends
 * some? */
bool book_takes(const struct catalogue *catalogue, int type);

/* An accepted event; person 0: about nobody. Its content is copied. */
struct book_event {
    int64_t person;
    int64_t event; /* number of its row */
    const struct header *header;
    const struct case_file *file;
};
/* An event of a type that the book does not take changes nothing; one that is
 * there already likewise. Only MEMORY. */
cii_must_check enum cii_code book_add(struct book *book,
                                      const struct book_event *event,
                                      struct cii_error *err);

/* Adds everything that the store holds, in its order. What cannot be read is
 * left out: it can allow nothing. STORE or MEMORY. */
cii_must_check enum cii_code book_fill(struct book *book,
                                       struct archive *archive,
                                       struct cii_error *err);
/* The same, but only what is about this person (0: none) and about nobody. */
cii_must_check enum cii_code book_fill_person(struct book *book,
                                              struct archive *archive,
                                              int64_t person,
                                              struct cii_error *err);

/* For who fills it step by step: the rows of the store that it takes, in the
 * order in which they were stored. */
struct book_rows {
    int64_t *number; /* owned */
    size_t count;
};

#define BOOK_EVERYBODY INT64_C(-1)

cii_must_check enum cii_code book_list(struct store *store,
                                       const struct catalogue *catalogue,
                                       int64_t person, struct book_rows *rows,
                                       struct cii_error *err);
void book_rows_done(struct book_rows *rows);
/* book_add() of an event of the store. What is unpacked lives in the arena;
 * what is not of the catalogue is left out. */
cii_must_check enum cii_code book_add_stored(struct book *book,
                                             const struct stored_event *stored,
                                             struct arena *arena,
                                             struct cii_error *err);

/* The statement is in our stream to this partner: both can know of it. */
cii_must_check enum cii_code book_tell(struct book *book, int64_t person,
                                       int64_t event, const char *partner,
                                       struct cii_error *err);
/* It will not reach the partner after all. */
void book_untell(struct book *book, int64_t person, int64_t event,
                 const char *partner);
bool book_is_told(const struct book *book, int64_t person, int64_t event,
                  const char *partner);

/* Of a person and of nobody, newest first; valid until the book is asked or
 * changed again. */
struct book_view {
    const struct law_statement *const *statement;
    size_t count;
};
/*
 * What bears on telling: to the partner, all that we know; or at arrival from
 * it, of our own statements only those that it was told. Of those about
 * nobody, ours that name the partner, and the partner's.
 */
cii_must_check enum cii_code book_view(struct book *book, int64_t person,
                                       const char *partner, bool arrival,
                                       struct book_view *view,
                                       struct cii_error *err);
/* Everything about the person, what has ended too; person 0: about nobody. */
cii_must_check enum cii_code book_all(struct book *book, int64_t person,
                                      struct book_view *view,
                                      struct cii_error *err);
/* Does anything stand in it about the person? */
bool book_knows(const struct book *book, int64_t person);

/* Does the partner have this statement of the book: its own, or in our stream
 * to it? */
bool statement_is_known_to(const struct law_statement *statement,
                           const char *partner);

/* A field of a statement; NULL when it is not given. */
const char *statement_value(const struct catalogue *catalogue,
                            const struct law_statement *statement,
                            const char *facet, const char *field);

/* Has this institution stated a consent under this reference already: about
 * another person, or for the same pair? */
bool book_has_consent(const struct book *book, const char *obtained_by,
                      const char *ref, int64_t person, const char *between);

const struct catalogue *book_catalogue(const struct book *book);

/* How many statements it holds. */
size_t book_size(const struct book *book);

#endif
