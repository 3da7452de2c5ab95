/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PROTO_NAME_H
#define PROTO_NAME_H

/*
 * Names of people as offices write them differently: "Müller-Dürst", "MULLER
 * DURST". Folding serves to propose a match to a human, never to make one.
 */

#include "cii/error.h"
#include "proto/bytes.h"

/*
 * Appends the letters and digits of the name without case, accents, spaces
 * and punctuation (Unicode NFKD and case folding). INVALID when not UTF-8.
 */
cii_must_check enum cii_code name_fold(const char *name, struct buffer *folded);

#endif
