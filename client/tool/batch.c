/* SPDX-License-Identifier: Apache-2.0 */
#include "client/tool/batch.h"

#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "client/tool/input.h"
#include "client/tool/journal.h"
#include "client/tool/outcome.h"
#include "client/tool/progress.h"

#define CHUNK_LINES 1024
#define CHUNK_BYTES ((size_t)8 * 1024 * 1024)
#define WINDOW      2048
#define PATH_SIZE   4096

struct held {
    uint64_t line;
    struct cii_event *event; /* owned */
};

struct batch {
    struct tool *tool;                   /* borrowed */
    const struct batch_options *options; /* borrowed */
    struct input *input;                 /* owned */
    struct journal *journal;             /* owned; NULL: none needed yet */
    struct progress progress;
    struct held held[CHUNK_LINES];
    size_t held_count;
    size_t held_bytes;
    bool refused_alike;       /* all refused lines end in `refusal` */
    enum tool_status refusal; /* DONE: none was refused */
    struct cii_error stop;    /* why no more is sent; code OK: go on */
    bool whole;               /* the input was read to its end */
};

static volatile sig_atomic_t interrupted;

static void
note_interrupt(int signal_number)
{
    (void)signal_number;
    interrupted = 1;
}

/* The first Ctrl-C ends the batch in order, the second at once. */
static void
catch_interrupt(void)
{
    struct sigaction action = {.sa_handler = note_interrupt,
                               .sa_flags = (int)SA_RESETHAND};

    interrupted = 0;
    sigemptyset(&action.sa_mask);
    (void)sigaction(SIGINT, &action, NULL);
    (void)sigaction(SIGTERM, &action, NULL);
}

/* --- what became of lines ----------------------------------------------- */

static void
show_outcome(struct batch *batch, const struct cii_outcome *outcome)
{
    const struct tool *tool = batch->tool;
    struct cii_error err = {0};

    if (tool->json) {
        outcome_print_json(tool, outcome);
        return;
    }
    if (cii_code_class(outcome->code) != CII_DONE) {
        progress_clear(&batch->progress, tool);
        outcome_print_refusal(tool, outcome);
    } else if (batch->options->defaults.dry_run) {
        fprintf(tool->out, "line %" PRIu64 ": would be stored\n",
                outcome->line);
        if (outcome->verdict_count > 0 &&
            outcome_print_verdicts(tool, outcome, &err) != CII_OK)
            (void)tool_fail(tool, &err);
    }
}

static void
note_refusal(struct batch *batch, enum cii_code code)
{
    const enum tool_status status = status_of_outcome(code);

    if (batch->refusal == STATUS_DONE) {
        batch->refusal = status;
        batch->refused_alike = true;
    } else if (batch->refusal != status) {
        batch->refused_alike = false;
    }
}

/* What may succeed later ends the batch: the next line fares no better. */
static void
take_outcome(void *context, const struct cii_outcome *outcome)
{
    struct batch *batch = context;
    enum line_state state = LINE_STORED;

    switch (cii_code_class(outcome->code)) {
    case CII_DONE:
        if (outcome->code == CII_DUPLICATE)
            state = LINE_KNOWN;
        break;
    case CII_REFUSED:
        state = LINE_REFUSED;
        note_refusal(batch, outcome->code);
        break;
    case CII_RETRY:
        state = LINE_HELD;
        (void)cii_fail(&batch->stop, outcome->code, "%s", outcome->text);
        break;
    case CII_FAULT:
        state = LINE_ASKED;
        (void)cii_fail(&batch->stop, outcome->code, "%s", outcome->text);
        break;
    }
    progress_set(&batch->progress, outcome->line, state);
    if (state != LINE_HELD)
        show_outcome(batch, outcome);
}

/* Refused here, before anything left. */
static void
refuse(struct batch *batch, uint64_t number, const char *field,
       const struct cii_error *err)
{
    const struct cii_outcome outcome = {.line = number,
                                        .event_id = "",
                                        .code = err->code,
                                        .text = err->text,
                                        .field = field};

    take_outcome(batch, &outcome);
}

/* --- sending ------------------------------------------------------------ */

static void
drop_held(struct batch *batch)
{
    for (size_t i = 0; i < batch->held_count; i++)
        cii_event_destroy(&batch->held[i].event);
    batch->held_count = 0;
    batch->held_bytes = 0;
}

static enum cii_code
submit_held(struct batch *batch, struct cii_error *err)
{
    if (batch->journal)
        CII_TRY(journal_sync(batch->journal, err));
    for (size_t i = 0; i < batch->held_count; i++) {
        if (batch->stop.code != CII_OK)
            return CII_OK;
        progress_set(&batch->progress, batch->held[i].line, LINE_ASKED);
        CII_TRY(cii_submit(batch->tool->client, batch->held[i].line,
                           batch->held[i].event, err));
    }
    return CII_OK;
}

static enum cii_code
send_held(struct batch *batch, bool wait, struct cii_error *err)
{
    enum cii_code code = submit_held(batch, err);

    if (code == CII_OK && wait)
        code = cii_flush(batch->tool->client, err);
    drop_held(batch);
    return code;
}

/* --- taking lines ------------------------------------------------------- */

static enum cii_code
open_journal(struct batch *batch, const struct input_line *text,
             struct cii_error *err)
{
    const struct batch_options *options = batch->options;
    char path[PATH_SIZE];

    if (options->journal) {
        snprintf(path, sizeof path, "%s", options->journal);
    } else if (!options->name) {
        CII_TRY(journal_default_path(text->text, text->size, path, sizeof path,
                                     err));
    } else {
        const int length =
            snprintf(path, sizeof path, "%s.cii-journal", options->name);
        if (length < 0 || (size_t)length >= sizeof path)
            return cii_fail(err, CII_INVALID, "the file's name is too long");
    }
    return journal_open(&batch->journal, path, err);
}

static enum cii_code
give_id(struct batch *batch, const struct input_line *text, struct line *line,
        struct cii_error *err)
{
    char id[37];

    if (line->has_id || batch->options->defaults.dry_run)
        return CII_OK;
    if (!batch->journal)
        CII_TRY(open_journal(batch, text, err));
    CII_TRY(journal_id(batch->journal, text->number, text->text, text->size, id,
                       err));
    return cii_event_set(line->event, NULL, "id", id, err);
}

/* A dossier's verb waits for the events before it, and those after it wait
 * for the dossier. */
static enum cii_code
ask_dossier(struct batch *batch, const struct input_line *text,
            const struct line *line, struct cii_error *err)
{
    struct cii_error why = {0};

    CII_TRY(send_held(batch, true, err));
    if (batch->stop.code != CII_OK)
        return CII_OK;
    progress_set(&batch->progress, text->number, LINE_ASKED);
    const enum cii_code code =
        cii_ask(batch->tool->client, line->verb, line->question->argument,
                line->question->count, NULL, NULL, &why);
    if (code == CII_OFFLINE)
        return cii_fail(err, code, "%s", why.text);
    take_outcome(batch, &(struct cii_outcome){.line = text->number,
                                              .event_id = "",
                                              .code = code,
                                              .text = why.text,
                                              .field = ""});
    return CII_OK;
}

static enum cii_code
take_read_line(struct batch *batch, const struct input_line *text,
               struct line *line, struct cii_error *err)
{
    if (line->verb)
        return ask_dossier(batch, text, line, err);
    CII_TRY(give_id(batch, text, line, err));
    batch->held[batch->held_count++] =
        (struct held){text->number, cii_take(line->event)};
    batch->held_bytes += text->size;
    return CII_OK;
}

static bool
is_blank(const struct input_line *text)
{
    return !text->too_long && strspn(text->text, " \t\r") == text->size;
}

static enum cii_code
take_line(struct batch *batch, struct input_line *text, struct cii_error *err)
{
    struct line line;
    struct cii_error why = {0};

    if (text->number == 1 && !strncmp(text->text, "\xef\xbb\xbf", 3)) {
        text->text += 3;
        text->size -= 3;
    }
    CII_TRY(progress_add(&batch->progress, text->number,
                         is_blank(text) ? LINE_EMPTY : LINE_HELD, err));
    if (is_blank(text))
        return CII_OK;
    if (text->too_long) {
        (void)cii_fail(&why, CII_TOO_LARGE,
                       "the line has %zu bytes and may have %zu", text->size,
                       INPUT_LINE_MAX);
        refuse(batch, text->number, "", &why);
        return CII_OK;
    }
    const enum cii_code code = line_read(&line, text->text, text->size,
                                         &batch->options->defaults, &why);
    enum cii_code result = CII_OK;
    if (code == CII_OK)
        result = take_read_line(batch, text, &line, err);
    else if (cii_code_class(code) == CII_REFUSED)
        refuse(batch, text->number, line.field, &why);
    else
        result = cii_fail(err, code, "%s", why.text);
    line_done(&line);
    return result;
}

static bool
is_over(const struct batch *batch)
{
    return interrupted || batch->stop.code != CII_OK;
}

/* Lines go in chunks while there are more, and at once when there are not. */
static enum cii_code
take_lines(struct batch *batch, struct cii_error *err)
{
    while (!is_over(batch)) {
        struct input_line text;
        bool found = false;

        const bool ready = input_is_ready(batch->input);
        if (!ready || batch->held_count == CHUNK_LINES ||
            batch->held_bytes > CHUNK_BYTES)
            CII_TRY(send_held(batch, !ready, err));
        CII_TRY(input_next(batch->input, &text, &found, err));
        if (!found && !interrupted) {
            batch->whole = true;
            break;
        }
        if (found)
            CII_TRY(take_line(batch, &text, err));
        progress_show(&batch->progress, batch->tool);
    }
    return send_held(batch, true, err);
}

/* --- the end ------------------------------------------------------------ */

static bool
is_all_stored(const struct batch *batch)
{
    const uint64_t *count = batch->progress.count;

    return batch->whole && count[LINE_HELD] == 0 && count[LINE_ASKED] == 0 &&
           count[LINE_REFUSED] == 0;
}

static void
end_journal(struct batch *batch)
{
    struct cii_error err = {0};

    if (!batch->journal)
        return;
    if (is_all_stored(batch)) {
        if (journal_remove(&batch->journal, &err) != CII_OK)
            (void)tool_fail(batch->tool, &err);
        return;
    }
    if (batch->tool->json)
        return;
    fprintf(batch->tool->err,
            "The ids are kept in %s: run the same command again when the "
            "cause is gone,\nwith lines corrected where they were refused; "
            "nothing is stored twice.\n",
            journal_path(batch->journal));
}

static enum tool_status
end(struct batch *batch)
{
    progress_clear(&batch->progress, batch->tool);
    if (batch->stop.code != CII_OK)
        (void)tool_fail(batch->tool, &batch->stop);
    else if (interrupted && !batch->tool->json)
        fputs("cii: interrupted\n", batch->tool->err);
    progress_summary(&batch->progress, batch->tool,
                     batch->whole && batch->stop.code == CII_OK);
    end_journal(batch);
    if (batch->options->defaults.dry_run)
        tool_note_pilot(batch->tool);

    if (batch->stop.code != CII_OK)
        return status_of(batch->stop.code);
    if (interrupted)
        return STATUS_INTERRUPTED;
    if (batch->refusal == STATUS_DONE || batch->refused_alike)
        return batch->refusal;
    return STATUS_SOME;
}

enum tool_status
batch_run(struct tool *tool, const struct batch_options *options)
{
    struct batch *batch = calloc(1, sizeof *batch);
    struct cii_error err = {0};

    if (!batch || input_new(&batch->input, options->fd, &err) != CII_OK) {
        free(batch);
        (void)cii_fail(&err, CII_MEMORY, "no memory for the input");
        return tool_fail(tool, &err);
    }
    batch->tool = tool;
    batch->options = options;
    catch_interrupt();

    enum cii_code code =
        cii_stream(tool->client, WINDOW, take_outcome, batch, &err);
    if (code == CII_OK)
        code = take_lines(batch, &err);
    if (code != CII_OK)
        batch->stop = err;
    const enum tool_status status = end(batch);

    drop_held(batch);
    journal_close(&batch->journal);
    input_destroy(&batch->input);
    progress_done(&batch->progress);
    free(batch);
    return status;
}
