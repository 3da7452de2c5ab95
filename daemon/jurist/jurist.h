/* SPDX-License-Identifier: Apache-2.0 */
#ifndef JURIST_JURIST_H
#define JURIST_JURIST_H

/*
 * The commands of ciid-law: the law as its files say it, read, drawn and
 * tested without a store, a network or a key.
 */

#include "jurist/options.h"

/* One command; what it cannot do is said on standard error. */
enum outcome jurist_lint(const struct options *options);
enum outcome jurist_show(const struct options *options);
enum outcome jurist_matrix(const struct options *options);
enum outcome jurist_test(const struct options *options);

/* argv as main() has it. */
enum outcome jurist_run(int argc, char **argv, FILE *out);

/* "ciid-law: ..." on standard error. */
enum outcome jurist_fail(enum outcome outcome, const char *format, ...)
    cii_printf(2, 3);

#endif
