/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_TOOL_HARNESS_H
#define TESTS_UNIT_TOOL_HARNESS_H

/*
 * Runs `cii` in this process, with a fake daemon where one is wanted, and
 * keeps what it wrote.
 */

#include <fcntl.h>
#include <stdarg.h>

#include "client/tool/tool.h"
#include "tests/unit/cii_client/fake_daemon.h"

#define RUN_WORDS 64

struct run {
    enum tool_status status;
    char *out;
    char *err;
};

static struct fake_daemon fake;
static char run_dir[128] = "/tmp/cii-nowhere";
static char *run_input; /* what standard input holds; NULL: nothing */
static size_t run_width;
static bool run_json;

/* A pipe would block on much: a file without a name does not. */
static inline int
harness_input(void)
{
    char path[] = "/tmp/cii-input-XXXXXX";
    const int fd = mkstemp(path);

    cr_assert(fd >= 0);
    unlink(path);
    if (run_input) {
        const size_t size = strlen(run_input);
        cr_assert(write(fd, run_input, size) == (ssize_t)size);
        lseek(fd, 0, SEEK_SET);
    }
    return fd;
}

/* The words after `cii`. */
static inline struct run
run_words(size_t count, const char *const *word)
{
    static const char name[] = "cii";
    char *words[RUN_WORDS + 1] = {strdup(name)};
    struct run run = {0};
    size_t out_size = 0;
    size_t err_size = 0;

    cr_assert(count < RUN_WORDS);
    for (size_t i = 0; i < count; i++)
        words[i + 1] = strdup(word[i]);

    struct tool tool;
    tool_init(&tool);
    tool.in = harness_input();
    tool.out = open_memstream(&run.out, &out_size);
    tool.err = open_memstream(&run.err, &err_size);
    tool.run_dir = run_dir;
    tool.role = NULL;
    tool.colour = false;
    tool.progress = false;
    tool.width = run_width;
    tool.json = run_json;
    run.status = tool_run(&tool, (int)count + 1, words);
    tool_done(&tool);
    fclose(tool.out);
    fclose(tool.err);
    close(tool.in);
    for (size_t i = 0; i <= count; i++)
        free(words[i]);
    return run;
}

/* The same, ended by NULL. */
static inline struct run
run_cii(const char *word, ...)
{
    const char *words[RUN_WORDS];
    size_t count = 0;
    va_list rest;

    va_start(rest, word);
    for (; word && count < RUN_WORDS; word = va_arg(rest, const char *))
        words[count++] = word;
    va_end(rest);
    return run_words(count, words);
}

/* The words of one text, which single spaces separate; what stands in single
 * quotes is one word. */
static inline struct run
run_line(const char *line)
{
    char *text = strdup(line);
    const char *words[RUN_WORDS];
    size_t count = 0;

    for (char *at = text; *at && count < RUN_WORDS;) {
        const bool quoted = *at == '\'';
        at += quoted;
        char *end = at + strcspn(at, quoted ? "'" : " ");
        words[count++] = at;
        at = end + (*end != '\0');
        *end = '\0';
        if (quoted && *at == ' ')
            at++;
    }
    const struct run run = run_words(count, words);
    free(text);
    return run;
}

static inline void
run_done(struct run *run)
{
    free(run->out);
    free(run->err);
    *run = (struct run){0};
}

static inline void
daemon_start(fake_script *script)
{
    fake_start(&fake, "operator", script);
    snprintf(run_dir, sizeof run_dir, "%s", fake.dir);
}

static inline void
daemon_stop(void)
{
    fake_stop(&fake);
    buffer_done(&fake.heard);
}

#define expect_status(run, want)                                             \
    cr_expect(run.status == STATUS_##want, "status %d: %s", (int)run.status, \
              run.err)
#define expect_in(text, part)                                                \
    cr_expect(strstr((text), (part)) != NULL, "'%s' is not in:\n%s", (part), \
              (text))
#define expect_not_in(text, part) \
    cr_expect(strstr((text), (part)) == NULL, "'%s' is in:\n%s", (part), (text))

#endif
