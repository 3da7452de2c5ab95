/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_HTML_H
#define JURIST_HTML_H

/*
 * Text of rule files as text of a page: nothing of it is ever markup.
 */

#include <stdio.h>

/* With every character that means something to HTML written out; the same
 * inside a quoted attribute. */
void html_text(FILE *out, const char *text);
/* As part of an address: all but letters, digits, '-' and '_' as %XX. */
void html_address(FILE *out, const char *text);
/* <TAG>text</TAG> */
void html_element(FILE *out, const char *tag, const char *text);

#endif
