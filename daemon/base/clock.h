/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

/* Milliseconds since 1970 UTC: what events carry. May jump. */
int64_t clock_now(void);

/* Milliseconds since some start: what timers use. Never goes back. */
int64_t clock_steady(void);

#endif
