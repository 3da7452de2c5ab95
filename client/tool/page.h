/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CLIENT_TOOL_PAGE_H
#define CLIENT_TOOL_PAGE_H

/*
 * Answers that are read whole and shown as a page: titles, blocks and tables.
 */

#include "client/tool/rows.h"
#include "client/tool/table.h"
#include "client/tool/tool.h"

typedef enum cii_code page_print(const struct tool *tool,
                                 const struct rows *rows,
                                 const struct args *args,
                                 struct cii_error *err);

/* Asks the command's verb, and of which profile the daemon is where there are
 * verdicts among the rows. */
cii_must_check enum cii_code page_ask(struct rows *rows, struct tool *tool,
                                      const struct args *args,
                                      struct cii_error *err);
/* The same, and prints the rows as a page. */
enum tool_status page_run(struct tool *tool, const struct args *args,
                          page_print *page);

/* A line in bold: the title and, right behind it, the name. */
void page_title(const struct tool *tool, const char *title, const char *name);
/* How many rows are of this kind. */
size_t page_count(const struct rows *rows, const char *kind);
/* The rows of a kind as a table under a title; nothing when there are none. */
cii_must_check enum cii_code page_table(const struct tool *tool,
                                        const struct rows *rows,
                                        const char *kind, const char *title,
                                        const struct column *column,
                                        struct cii_error *err);

#endif
