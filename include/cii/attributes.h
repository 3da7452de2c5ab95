/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CII_ATTRIBUTES_H
#define CII_ATTRIBUTES_H

/*
 * The few words that we add to C: who must look at a result, what is printed
 * like printf(), and what is released when its scope ends.
 *
 * A destructor has the signature `void thing_close(struct thing **)`, accepts
 * a pointer to NULL and leaves NULL behind; that makes it a cleanup function:
 *
 *     cii_auto(thing_close) struct thing *thing = NULL;
 *     ...
 *     *result = cii_take(thing);
 */

#define cii_must_check          __attribute__((warn_unused_result))
#define cii_printf(text, first) __attribute__((format(printf, text, first)))
#define cii_auto(destructor)    __attribute__((cleanup(destructor)))

/* Gives a pointer away: its value, leaving NULL for the cleanup to find. */
#define cii_take(pointer)                           \
    __extension__({                                 \
        __typeof__(pointer) cii_taken_ = (pointer); \
        (pointer) = NULL;                           \
        cii_taken_;                                 \
    })

#endif
