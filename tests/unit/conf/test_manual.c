/* SPDX-License-Identifier: Apache-2.0 */
/* The manual and the sample say what the tables say. */
#include <string.h>

#include "conf/schema.h"
#include "tests/unit/conf/files.h"

/* From where `mark` and an end of the name stand, or NULL. */
static const char *
find_word(const char *text, const char *mark, const char *name,
          const char *ends)
{
    char whole[128];

    snprintf(whole, sizeof whole, "%s%s", mark, name);
    for (; (text = strstr(text, whole)) != NULL; text++)
        if (strchr(ends, text[strlen(whole)]))
            return text;
    return NULL;
}

/* Does `number` stand in the item that begins at `item`? */
static bool
item_says(const char *item, const char *number)
{
    const char *end = strstr(item + 4, "\n.It ");
    const char *found = strstr(item, number);

    return found && (!end || found < end);
}

static void
expect_range(const char *item, const struct yaml_key *key)
{
    char range[64];

    snprintf(range, sizeof range, "From %llu to %llu",
             (unsigned long long)key->least, (unsigned long long)key->most);
    cr_expect(item_says(item, range), "%s: %s", key->name, range);
}

/* Walks the items of a section in any order; parts stand below theirs. */
static void
expect_in_manual(const char *text, const struct yaml_shape *shape)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct yaml_key *key = &shape->key[i];
        const char *item = find_word(text, ".It Ic ", key->name, "\n");
        cr_assert(item != NULL, "%s: '%s' is not in the manual", shape->name,
                  key->name);
        if (key->fallback && *key->fallback && strcmp(key->fallback, "0"))
            cr_expect(item_says(item, key->fallback), "default of %s",
                      key->name);
        if (key->required)
            cr_expect(item_says(item, "Required."), "%s", key->name);
        if (key->form == YAML_NUMBER)
            expect_range(item, key);
        if (key->shape)
            expect_in_manual(item, key->shape);
    }
}

static const char *
section(const char *text, const char *name)
{
    const char *found = find_word(text, ".Ss ", name, "\n");

    cr_assert(found != NULL, "%s", name);
    return found;
}

Test(manual, names_every_key_with_its_range_and_default)
{
    char *text = read_source("docs/man/ciid.yaml.5");

    expect_in_manual(text, &config_shape);
    expect_in_manual(section(text, "The competence file"),
                     competence_shape.key[0].shape);
    expect_in_manual(section(text, "Partner files"), &partner_shape);
    expect_in_manual(section(text, "The facets file"),
                     facets_shape.key[0].shape);
    expect_in_manual(section(text, "The event types file"),
                     types_shape.key[0].shape);
    free(text);
}

/* A key at the beginning of its line, turned off or not. */
static const char *
find_key(const char *text, const char *name, int depth)
{
    char mark[8];

    snprintf(mark, sizeof mark, "\n%*s", depth * 2, "");
    const char *on = find_word(text, mark, name, ":");
    snprintf(mark, sizeof mark, "\n%*s#", depth * 2, "");
    return on ? on : find_word(text, mark, name, ":");
}

/* The comment that stands above a key says `words`. */
static bool
comment_says(const char *text, const char *key, const char *words)
{
    const char *found = NULL;
    const char *next = text;

    while ((next = strstr(next, words)) != NULL && next < key)
        found = next++;
    for (; found && found < key; found++)
        if (*found == '\n' && found != key && found[1] != '\n' &&
            !strchr("# ", found[1]))
            return false;
    return found != NULL;
}

static void
expect_in_sample(const char *text, const struct yaml_shape *shape, int depth)
{
    char words[128];

    for (size_t i = 0; i < shape->count; i++) {
        const struct yaml_key *key = &shape->key[i];
        const char *found = find_key(text, key->name, depth);
        cr_assert(found != NULL, "'%s' is not in the sample", key->name);
        if (key->shape)
            expect_in_sample(found, key->shape, depth + 1);
        if (key->fallback && *key->fallback) {
            snprintf(words, sizeof words, "Default: %s\n", key->fallback);
            cr_expect(comment_says(text, found, words), "%s %s", key->name,
                      words);
        }
        if (key->form == YAML_NUMBER) {
            snprintf(words, sizeof words, "Range: %llu to %llu.",
                     (unsigned long long)key->least,
                     (unsigned long long)key->most);
            cr_expect(comment_says(text, found, words), "%s %s", key->name,
                      words);
        }
    }
}

Test(sample, names_every_key_with_its_range_and_default)
{
    char *text = read_source("config/ciid.yaml");

    expect_in_sample(text, &config_shape, 0);
    free(text);
}

Test(sample, loads_as_it_is_and_its_numbers_are_the_defaults)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(config_destroy) struct config *sample = NULL;
    cii_auto(config_destroy) struct config *shortest = NULL;
    struct cii_error err = {0};

    write_file("a.yaml", "institution: vs.orp.sion\nname: ORP Sion\n");
    require_ok(config_load(&shortest, "a.yaml", &err));
    cr_assert(eq(str,
                 (char *)cii_code_name(config_load(
                     &sample, CII_SOURCE_DIR "/config/ciid.yaml", &err)),
                 "OK"),
              "%s", err.text);

    cr_expect(
        memcmp(&sample->limits, &shortest->limits, sizeof sample->limits) == 0);
    cr_expect(eq(u32, sample->log_level, shortest->log_level));
    cr_expect(eq(int, (int)sample->profile, (int)shortest->profile));
    expect_text(sample->state_dir, shortest->state_dir);
    expect_text(sample->run_dir, shortest->run_dir);
    expect_text(sample->rules, "/etc/ciid/rules");
}

static void
expect_meanings(const struct yaml_shape *shape)
{
    for (size_t i = 0; i < shape->count; i++) {
        const struct yaml_key *key = &shape->key[i];
        if (key->form == YAML_HIDDEN)
            continue;
        cr_expect(key->meaning && *key->meaning, "%s.%s", shape->name,
                  key->name);
        cr_expect(key->required == false || key->fallback == NULL, "%s",
                  key->name);
        if (key->form == YAML_NUMBER)
            cr_expect(key->fallback && key->least < key->most, "%s", key->name);
        if (key->shape)
            expect_meanings(key->shape);
    }
}

Test(schema, says_of_every_key_what_it_means)
{
    expect_meanings(&config_shape);
    expect_meanings(&partner_shape);
    expect_meanings(&facets_shape);
    expect_meanings(&types_shape);
    expect_meanings(&rules_shape);
}

/* The law that ships: a mistake in it is found here and not in an office. */
Test(shipped, catalogue_and_rules_load)
{
    cii_auto(catalogue_destroy) struct catalogue *catalogue = NULL;
    cii_auto(rule_texts_destroy) struct rule_texts *texts = NULL;
    struct cii_error err = {0};

    expect_code(catalogue_load(&catalogue, CII_SOURCE_DIR "/config/facets.yaml",
                               CII_SOURCE_DIR "/config/event-types.yaml", &err),
                OK);
    expect_text(err.text, "");
    expect_code(rule_texts_load(&texts, CII_SOURCE_DIR "/config/rules", &err),
                OK);
    expect_text(err.text, "");
}
