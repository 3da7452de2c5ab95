/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_YAML_H
#define CONF_YAML_H

/*
 * One YAML file against one table of keys.
 *
 * The table (struct yaml_shape) says of each key where its value goes, what
 * it may be, what it is when the file is silent, and what it means. Loader,
 * defaults, release and the tests of the manual all read the same table.
 *
 * A file holds one document of at most FILE_MAX bytes. An unknown key, a key
 * that stands twice, an alias and a wrong value are CONFIG: file, line, and
 * what to write instead. A target is filled whole or not at all.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cii/error.h"

#define YAML_FILE_MAX ((size_t)1024 * 1024)
#define YAML_TEXT_MAX 200 /* bytes of a text whose key says nothing else */

enum yaml_form {
    YAML_HIDDEN, /* char *; not of the file, but released with its struct */
    YAML_TEXT,   /* char * */
    YAML_PATH,   /* char *; a relative one stands beside the file */
    YAML_TEXTS,  /* char **, NULL-terminated */
    YAML_NUMBER, /* uint32_t or uint64_t: see width */
    YAML_YESNO,  /* bool; true or false in the file */
    YAML_WORD,   /* enum: the place of the word in `words` */
    YAML_PART,   /* a struct in its place: the keys of `shape` */
    YAML_PARTS,  /* struct *, with a size_t at count_at */
};

struct yaml_key {
    const char *name;
    enum yaml_form form;
    bool required;
    size_t at;       /* the member's offset in its struct */
    size_t count_at; /* of parts: that of the count */
    size_t width;    /* of a number: the member's size */
    /* As it would be written; NULL: the member stays NULL. "" with texts: a
     * list of none. */
    const char *fallback;
    /* A number's range; `most` is also the bytes of a text and the entries
     * of a list. */
    uint64_t least;
    uint64_t most;
    const char *unit;         /* of a number; NULL: it counts */
    const char *const *words; /* NULL-terminated */
    const struct yaml_shape *shape;
    enum cii_code (*check)(const char *value, struct cii_error *err);
    const char *meaning;
};

struct yaml_shape {
    const char *name; /* "limits" */
    const struct yaml_key *key;
    size_t count;
    size_t size;    /* of the struct */
    size_t line_at; /* offset of an int that gets its line; 0: none */
};

#define YAML_KEYS(keys) .key = (keys), .count = sizeof(keys) / sizeof *(keys)

/* The key of that name, YAML_HIDDEN ones left aside, or NULL. */
const struct yaml_key *yaml_key_find(const struct yaml_shape *shape,
                                     const char *name);
/* The name most like this one, or NULL. */
const char *yaml_key_nearest(const struct yaml_shape *shape, const char *name);

/* Fills target, which holds shape->size bytes; the owner calls
 * yaml_release(). */
cii_must_check enum cii_code yaml_load(const struct yaml_shape *shape,
                                       void *target, const char *path,
                                       struct cii_error *err);
/* The same of text in memory; path serves errors and relative paths. */
cii_must_check enum cii_code yaml_parse(const struct yaml_shape *shape,
                                        void *target, const char *path,
                                        const char *text, size_t size,
                                        struct cii_error *err);
/* Releases all that target owns, not itself, and leaves zeros. */
void yaml_release(const struct yaml_shape *shape, void *target);

#endif
