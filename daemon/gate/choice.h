/* SPDX-License-Identifier: Apache-2.0 */
#ifndef GATE_CHOICE_H
#define GATE_CHOICE_H

/*
 * Which of two links with one partner stays. Both ends must come to the same
 * answer without asking each other:
 *
 *   dialled by the same side   the newer: its dialler gave up the older one
 *   dialled by both (crossed)  the one dialled by the smaller id (strcmp)
 */

#include <stdbool.h>

/* own: our id; *_dialled: we dialled that link, the partner did not. True:
 * the newer link replaces the older. */
bool choice_newer_stays(const char *own, const char *partner,
                        bool older_dialled, bool newer_dialled);

#endif
