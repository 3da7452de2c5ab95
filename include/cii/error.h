/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CII_ERROR_H
#define CII_ERROR_H

/*
 * What went wrong, and what to do about it.
 *
 * A code says what to do next (its class), a sentence says why. The sentence
 * travels in a plain value, last parameter of every function that may fail:
 * nothing to free, may be NULL, written only on failure. Results are written
 * only on success.
 */

#include "cii/attributes.h"

#ifdef __cplusplus
extern "C" {
#endif

enum cii_class {
    CII_DONE,    /* nothing more to do */
    CII_RETRY,   /* the same call may succeed later */
    CII_REFUSED, /* the input is at fault; the same call fails again */
    CII_FAULT,   /* this process is at fault; stop and look */
};

/* name, class, text. The order is the wire's: append only. */
#define CII_CODES(X)                                   \
    X(OK, DONE, "done")                                \
    X(DUPLICATE, DONE, "already known")                \
    X(OFFLINE, RETRY, "not reachable")                 \
    X(BUSY, RETRY, "busy, try again")                  \
    X(FULL, RETRY, "no space left for new work")       \
    X(MALFORMED, REFUSED, "not well formed")           \
    X(INVALID, REFUSED, "not valid")                   \
    X(TOO_LARGE, REFUSED, "too large")                 \
    X(UNKNOWN, REFUSED, "not known")                   \
    X(CONFLICT, REFUSED, "contradicts what is known")  \
    X(DENIED, REFUSED, "not lawful")                   \
    X(FORBIDDEN, REFUSED, "not allowed for this role") \
    X(FORGED, REFUSED, "not what its issuer signed")   \
    X(CONFIG, FAULT, "configuration is wrong")         \
    X(MEMORY, FAULT, "out of memory")                  \
    X(SYSTEM, FAULT, "the system refused")             \
    X(STORE, FAULT, "storage failed")                  \
    X(CRYPTO, FAULT, "cryptography failed")

enum cii_code {
#define CII_CODE_ENUM(name, class, text) CII_##name,
    CII_CODES(CII_CODE_ENUM)
#undef CII_CODE_ENUM
    CII_CODE_COUNT
};

/* The sentence, ready to print: no newline, no personal data. */
struct cii_error {
    enum cii_code code;
    char text[512];
};

/* Writes the sentence (cut if too long; err may be NULL) and returns code. */
enum cii_code cii_fail(struct cii_error *err, enum cii_code code,
                       const char *format, ...) cii_printf(3, 4);

/* "INVALID", "not valid", CII_REFUSED; a number out of range is CII_FAULT. */
const char *cii_code_name(enum cii_code code);
const char *cii_code_text(enum cii_code code);
enum cii_class cii_code_class(enum cii_code code);

/* Returns from the calling function unless the call returned CII_OK. */
#define CII_TRY(call)                         \
    do {                                      \
        enum cii_code cii_try_code_ = (call); \
        if (cii_try_code_ != CII_OK)          \
            return cii_try_code_;             \
    } while (0)

#ifdef __cplusplus
}
#endif

#endif
