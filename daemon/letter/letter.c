/* SPDX-License-Identifier: Apache-2.0 */
#include "letter/letter.h"

#include <assert.h>
#include <stdbool.h>
#include <string.h>
#include <unistr.h>

#include "proto/catalogue.h"
#include "proto/wire.h"

#define NAMES_MAX 64 /* that one place of a template may choose from */

/* --- which names there are ---------------------------------------------- */

struct value_def {
    const char *name;
    size_t offset; /* of the text in its struct */
};

struct list_def {
    const char *name;
    size_t items;  /* offset of the pointer to the first */
    size_t count;  /* offset of their number */
    size_t stride; /* size of one */
    const struct shape *shape;
};

/* The names of one struct; both lists end with a name that is NULL. */
struct shape {
    const struct value_def *value;
    const struct list_def *list;
};

static const struct list_def no_list[] = {{.name = NULL}};

#define VALUE(name, type, member)    \
    {                                \
        name, offsetof(type, member) \
    }

static const struct shape content_shape = {
    .value =
        (const struct value_def[]){
            VALUE("facet", struct letter_content, facet),
            VALUE("field", struct letter_content, field),
            VALUE("value", struct letter_content, value),
            {NULL, 0},
        },
    .list = no_list,
};

static const struct shape disclosure_shape = {
    .value =
        (const struct value_def[]){
            VALUE("type", struct letter_disclosure, type),
            VALUE("day", struct letter_disclosure, day),
            VALUE("direction", struct letter_disclosure, direction),
            VALUE("form", struct letter_disclosure, form),
            VALUE("partner", struct letter_disclosure, partner),
            VALUE("partner.id", struct letter_disclosure, partner_id),
            VALUE("citation", struct letter_disclosure, citation),
            VALUE("purpose", struct letter_disclosure, purpose),
            VALUE("facets", struct letter_disclosure, facets),
            {NULL, 0},
        },
    .list =
        (const struct list_def[]){
            {"content", offsetof(struct letter_disclosure, content),
             offsetof(struct letter_disclosure, content_count),
             sizeof(struct letter_content), &content_shape},
            {.name = NULL},
        },
};

static const struct shape consent_shape = {
    .value =
        (const struct value_def[]){
            VALUE("between", struct letter_consent, between),
            VALUE("purposes", struct letter_consent, purposes),
            VALUE("facets", struct letter_consent, facets),
            VALUE("until", struct letter_consent, until),
            {NULL, 0},
        },
    .list = no_list,
};

static const struct shape letter_shape = {
    .value =
        (const struct value_def[]){
            VALUE("office", struct letter_facts, office),
            VALUE("office.id", struct letter_facts, office_id),
            VALUE("today", struct letter_facts, today),
            VALUE("person.officialName", struct letter_facts,
                  person_official_name),
            VALUE("person.firstName", struct letter_facts, person_first_name),
            VALUE("person.avs", struct letter_facts, person_avs),
            VALUE("person.dateOfBirth", struct letter_facts,
                  person_date_of_birth),
            VALUE("case", struct letter_facts, case_ref),
            VALUE("counsellor", struct letter_facts, counsellor),
            VALUE("partner", struct letter_facts, partner),
            VALUE("partner.id", struct letter_facts, partner_id),
            VALUE("citation", struct letter_facts, citation),
            VALUE("rule", struct letter_facts, rule),
            VALUE("due", struct letter_facts, due),
            {NULL, 0},
        },
    .list =
        (const struct list_def[]){
            {"disclosure", offsetof(struct letter_facts, disclosure),
             offsetof(struct letter_facts, disclosure_count),
             sizeof(struct letter_disclosure), &disclosure_shape},
            {"consent", offsetof(struct letter_facts, consent),
             offsetof(struct letter_facts, consent_count),
             sizeof(struct letter_consent), &consent_shape},
            {.name = NULL},
        },
};

/* --- a walk through a template ------------------------------------------ */

enum tag_kind {
    TAG_END, /* no tag: the end of the template */
    TAG_VALUE,
    TAG_IF,
    TAG_UNLESS,
    TAG_EACH,
    TAG_CLOSE
};

struct tag {
    enum tag_kind kind;
    char name[TEMPLATE_NAME_MAX + 1];
    size_t line;
    size_t from; /* the text before it ends here ... */
    size_t to;   /* ... and goes on here */
};

/* A section that is open; the first is the letter itself. */
struct section {
    struct tag tag;
    size_t line;   /* of its body */
    bool printing; /* false: only checked */
    bool is_scope; /* shape and item are its own, not those around it */
    const struct shape *shape;
    const void *item; /* borrowed; NULL when not printing */
    size_t left;      /* items still to come behind this one */
    size_t stride;
};

struct walk {
    const char *file;
    const char *text;
    size_t size;
    size_t at;
    size_t line;
    struct section section[TEMPLATE_DEPTH + 1];
    size_t depth;
    struct buffer *out;
    size_t start; /* where the letter begins in out */
    struct cii_error *err;
};

static struct section *
top(struct walk *walk)
{
    return &walk->section[walk->depth];
}

#define FAIL_AT(walk, at_line, format, ...)                            \
    cii_fail((walk)->err, CII_CONFIG, "%s:%zu: " format, (walk)->file, \
             (at_line), __VA_ARGS__)

/* --- tags --------------------------------------------------------------- */

static bool
is_name_character(char character)
{
    return (character >= 'a' && character <= 'z') ||
           (character >= 'A' && character <= 'Z') ||
           (character >= '0' && character <= '9') || character == '.';
}

static enum tag_kind
kind_of(char mark)
{
    switch (mark) {
    case '?':
        return TAG_IF;
    case '^':
        return TAG_UNLESS;
    case '#':
        return TAG_EACH;
    case '/':
        return TAG_CLOSE;
    default:
        return TAG_VALUE;
    }
}

static bool
is_blank(char character)
{
    return character == ' ' || character == '\t' || character == '\r';
}

/* A tag alone on its line takes the whole line with it. */
static void
take_whole_line(const struct walk *walk, struct tag *tag)
{
    size_t from = tag->from;
    size_t to = tag->to;

    while (from > 0 && is_blank(walk->text[from - 1]))
        from--;
    while (to < walk->size && is_blank(walk->text[to]))
        to++;
    if ((from > 0 && walk->text[from - 1] != '\n') ||
        (to < walk->size && walk->text[to] != '\n'))
        return;
    tag->from = from;
    tag->to = to < walk->size ? to + 1 : to;
}

/* Reads the tag whose "{{" begins at tag->from. */
static enum cii_code
read_tag(struct walk *walk, struct tag *tag)
{
    size_t at = tag->from + 2;
    size_t length = 0;

    tag->kind = at < walk->size ? kind_of(walk->text[at]) : TAG_VALUE;
    at += tag->kind != TAG_VALUE ? 1 : 0;
    while (at < walk->size && length < TEMPLATE_NAME_MAX &&
           is_name_character(walk->text[at]))
        tag->name[length++] = walk->text[at++];

    if (length == 0 || walk->size - at < 2 ||
        memcmp(walk->text + at, "}}", 2) != 0)
        return FAIL_AT(walk, tag->line,
                       "write {{name}}, {{?name}}, {{^name}}, {{#list}} or "
                       "{{/name}}; a name is of letters, digits and dots, at "
                       "most %d",
                       TEMPLATE_NAME_MAX);
    tag->to = at + 2;
    if (tag->kind != TAG_VALUE)
        take_whole_line(walk, tag);
    return CII_OK;
}

static size_t
count_lines(const char *text, size_t size)
{
    size_t lines = 0;

    for (size_t i = 0; i < size; i++)
        lines += text[i] == '\n' ? 1 : 0;
    return lines;
}

/* The next tag from walk->at on, which stays where it is. */
static enum cii_code
find_tag(struct walk *walk, struct tag *tag)
{
    const char *rest = walk->text + walk->at;
    const size_t size = walk->size - walk->at;
    const char *open = size > 0 ? memmem(rest, size, "{{", 2) : NULL;

    if (!open) {
        *tag =
            (struct tag){.kind = TAG_END, .from = walk->size, .to = walk->size};
        return CII_OK;
    }
    const size_t before = (size_t)(open - rest);
    *tag = (struct tag){.line = walk->line + count_lines(rest, before),
                        .from = walk->at + before};
    return read_tag(walk, tag);
}

/* --- names -------------------------------------------------------------- */

static const struct value_def *
find_value(const struct shape *shape, const char *name)
{
    for (const struct value_def *value = shape->value; value->name; value++)
        if (!strcmp(value->name, name))
            return value;
    return NULL;
}

static const struct list_def *
find_list(const struct shape *shape, const char *name)
{
    for (const struct list_def *list = shape->list; list->name; list++)
        if (!strcmp(list->name, name))
            return list;
    return NULL;
}

struct names {
    const char *name[NAMES_MAX];
    size_t count;
};

static void
add_name(struct names *names, const char *name)
{
    assert(names->count < NAMES_MAX); /* the shapes hold fewer */
    names->name[names->count++] = name;
}

static const char *
get_name(const void *context, size_t i)
{
    const struct names *names = context;

    return names->name[i];
}

static enum cii_code
fail_unknown(const struct walk *walk, const struct tag *tag,
             const struct names *names)
{
    const char *nearest =
        nearest_name(tag->name, names->count, get_name, names);

    if (nearest)
        return FAIL_AT(walk, tag->line,
                       "\"%s\" is not known here; did you mean \"%s\"?",
                       tag->name, nearest);
    cii_auto(buffer_done) struct buffer all = {0};
    for (size_t i = 0; i < names->count; i++)
        buffer_append_format(&all, " %s", names->name[i]);
    return FAIL_AT(walk, tag->line, "\"%s\" is not known here; there are:%s",
                   tag->name, names->count > 0 ? buffer_text(&all) : " none");
}

/* What the innermost scope and those around it have to offer. */
static enum cii_code
fail_unknown_value(const struct walk *walk, const struct tag *tag,
                   bool lists_too)
{
    struct names names = {.count = 0};
    const struct shape *inner = walk->section[walk->depth].shape;

    for (size_t i = walk->depth + 1; i-- > 0;)
        if (walk->section[i].is_scope)
            for (const struct value_def *value = walk->section[i].shape->value;
                 value->name; value++)
                add_name(&names, value->name);
    for (const struct list_def *list = inner->list; lists_too && list->name;
         list++)
        add_name(&names, list->name);
    return fail_unknown(walk, tag, &names);
}

static enum cii_code
fail_unknown_list(const struct walk *walk, const struct tag *tag)
{
    struct names names = {.count = 0};

    for (const struct list_def *list = walk->section[walk->depth].shape->list;
         list->name; list++)
        add_name(&names, list->name);
    return fail_unknown(walk, tag, &names);
}

static const char *
text_in(const void *item, size_t offset)
{
    const char *text = NULL;

    memcpy(&text, (const char *)item + offset, sizeof text);
    return text ? text : "";
}

static const void *
first_in(const void *item, const struct list_def *list)
{
    const void *first = NULL;

    memcpy(&first, (const char *)item + list->items, sizeof first);
    return first;
}

static size_t
count_in(const void *item, const struct list_def *list)
{
    size_t count = 0;

    memcpy(&count, (const char *)item + list->count, sizeof count);
    return first_in(item, list) ? count : 0;
}

/*
 * The value of that name in the innermost scope that has it: NULL when there
 * is none, "" where nothing is printed.
 */
static const char *
look_up(const struct walk *walk, const char *name)
{
    for (size_t i = walk->depth + 1; i-- > 0;) {
        const struct section *section = &walk->section[i];
        const struct value_def *value = find_value(section->shape, name);
        if (value)
            return section->item ? text_in(section->item, value->offset) : "";
    }
    return NULL;
}

/* --- what is printed ---------------------------------------------------- */

/* Control characters, line and paragraph separators, marks of direction. */
static bool
is_unwelcome(ucs4_t character)
{
    return character < 0x20 || (character >= 0x7f && character <= 0x9f) ||
           character == 0x061c || character == 0x200e || character == 0x200f ||
           (character >= 0x2028 && character <= 0x202e) ||
           (character >= 0x2066 && character <= 0x2069);
}

static enum cii_code
print(struct walk *walk, const void *text, size_t size)
{
    if (size > LETTER_SIZE_MAX - (walk->out->size - walk->start))
        return cii_fail(walk->err, CII_TOO_LARGE,
                        "the letter is larger than %zu bytes; write several",
                        LETTER_SIZE_MAX);
    buffer_append(walk->out, text, size);
    if (walk->out->failed)
        return cii_fail(walk->err, CII_MEMORY, "no memory for the letter");
    return CII_OK;
}

static enum cii_code
print_value(struct walk *walk, const char *value)
{
    const uint8_t *rest = (const uint8_t *)value;
    size_t size = strlen(value);

    while (size > 0) {
        ucs4_t character = 0;
        const size_t length = (size_t)u8_mbtouc(&character, rest, size);
        uint8_t clean[6] = " ";
        int wrote = 1;
        if (!is_unwelcome(character))
            wrote = u8_uctomb(clean, character, sizeof clean);
        CII_TRY(print(walk, clean, wrote > 0 ? (size_t)wrote : 1));
        rest += length;
        size -= length;
    }
    return CII_OK;
}

/* --- what a tag does ---------------------------------------------------- */

static enum cii_code
do_value(struct walk *walk, const struct tag *tag)
{
    const char *value = look_up(walk, tag->name);

    if (!value)
        return fail_unknown_value(walk, tag, false);
    return top(walk)->printing ? print_value(walk, value) : CII_OK;
}

/* Opens a section like the one around it. */
static enum cii_code
push(struct walk *walk, const struct tag *tag)
{
    if (walk->depth == TEMPLATE_DEPTH)
        return FAIL_AT(walk, tag->line, "at most %d sections in one another",
                       TEMPLATE_DEPTH);
    const struct section around = *top(walk);
    walk->depth++;
    *top(walk) = (struct section){
        .tag = *tag,
        .line = walk->line,
        .printing = around.printing,
        .shape = around.shape,
        .item = around.item,
    };
    return CII_OK;
}

static enum cii_code
do_condition(struct walk *walk, const struct tag *tag)
{
    const struct section *here = top(walk);
    const struct list_def *list = find_list(here->shape, tag->name);
    const char *value = look_up(walk, tag->name);
    bool holds = false;

    if (list)
        holds = here->item && count_in(here->item, list) > 0;
    else if (value)
        holds = *value != '\0';
    else
        return fail_unknown_value(walk, tag, true);

    CII_TRY(push(walk, tag));
    top(walk)->printing &= holds == (tag->kind == TAG_IF);
    return CII_OK;
}

static enum cii_code
do_each(struct walk *walk, const struct tag *tag)
{
    const void *around = top(walk)->item;
    const struct list_def *list = find_list(top(walk)->shape, tag->name);

    if (!list)
        return fail_unknown_list(walk, tag);
    const size_t count = top(walk)->printing ? count_in(around, list) : 0;

    CII_TRY(push(walk, tag));
    struct section *each = top(walk);
    each->printing = count > 0;
    each->is_scope = true;
    each->shape = list->shape;
    each->item = count > 0 ? first_in(around, list) : NULL;
    each->left = count > 0 ? count - 1 : 0;
    each->stride = list->stride;
    return CII_OK;
}

static enum cii_code
do_close(struct walk *walk, const struct tag *tag)
{
    struct section *open = top(walk);

    if (walk->depth == 0)
        return FAIL_AT(walk, tag->line, "{{/%s}} closes nothing", tag->name);
    if (strcmp(open->tag.name, tag->name) != 0)
        return FAIL_AT(walk, tag->line,
                       "{{/%s}} comes before \"%s\" of line %zu is closed",
                       tag->name, open->tag.name, open->tag.line);
    if (open->left == 0) {
        walk->depth--;
        return CII_OK;
    }
    open->left--;
    open->item = (const char *)open->item + open->stride;
    walk->at = open->tag.to;
    walk->line = open->line;
    return CII_OK;
}

static enum cii_code
do_end(const struct walk *walk)
{
    const struct tag *open = &walk->section[walk->depth].tag;

    if (walk->depth > 0)
        return FAIL_AT(walk, open->line,
                       "\"%s\" is never closed; write {{/%s}}", open->name,
                       open->name);
    return CII_OK;
}

static enum cii_code
do_tag(struct walk *walk, const struct tag *tag)
{
    switch (tag->kind) {
    case TAG_VALUE:
        return do_value(walk, tag);
    case TAG_IF:
    case TAG_UNLESS:
        return do_condition(walk, tag);
    case TAG_EACH:
        return do_each(walk, tag);
    case TAG_CLOSE:
        return do_close(walk, tag);
    case TAG_END:
    default:
        return do_end(walk);
    }
}

/* --- a whole letter ----------------------------------------------------- */

/* Prints the text before the tag and goes behind it. */
static enum cii_code
pass(struct walk *walk, const struct tag *tag)
{
    const char *text = walk->text + walk->at;

    if (top(walk)->printing && tag->from > walk->at)
        CII_TRY(print(walk, text, tag->from - walk->at));
    walk->line += count_lines(text, tag->to - walk->at);
    walk->at = tag->to;
    return CII_OK;
}

static enum cii_code
walk_through(struct walk *walk)
{
    struct tag tag = {.kind = TAG_VALUE};

    while (tag.kind != TAG_END) {
        CII_TRY(find_tag(walk, &tag));
        CII_TRY(pass(walk, &tag));
        CII_TRY(do_tag(walk, &tag));
    }
    return CII_OK;
}

static enum cii_code
check_text(const struct letter_template *form, struct cii_error *err)
{
    if (form->text.size > TEMPLATE_SIZE_MAX)
        return cii_fail(err, CII_CONFIG, "%s: larger than %zu bytes",
                        form->file, TEMPLATE_SIZE_MAX);
    if (!text_is_utf8(form->text))
        return cii_fail(err, CII_CONFIG, "%s: write it in UTF-8", form->file);
    return CII_OK;
}

enum cii_code
letter_write(const struct letter_template *form,
             const struct letter_facts *facts, struct buffer *text,
             struct cii_error *err)
{
    assert(form && form->file);
    assert(facts);
    assert(text);

    CII_TRY(check_text(form, err));
    struct walk walk = {
        .file = form->file,
        .text = form->text.size ? (const char *)form->text.data : "",
        .size = form->text.size,
        .line = 1,
        .out = text,
        .start = text->size,
        .err = err,
    };
    walk.section[0] = (struct section){.printing = true,
                                       .is_scope = true,
                                       .shape = &letter_shape,
                                       .item = facts};

    const enum cii_code code = walk_through(&walk);
    if (code != CII_OK)
        text->size = walk.start;
    return code;
}

enum cii_code
letter_check(const struct letter_template *form, struct cii_error *err)
{
    cii_auto(buffer_done) struct buffer text = {0};

    return letter_write(form, &(struct letter_facts){0}, &text, err);
}
