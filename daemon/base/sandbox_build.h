/* SPDX-License-Identifier: Apache-2.0 */
#ifndef BASE_SANDBOX_BUILD_H
#define BASE_SANDBOX_BUILD_H

/*
 * What a build with sanitizers needs beside what the program needs: the leak
 * check at exit stops and looks at its own threads. Empty in other builds.
 */

#include <stddef.h>

extern const char *const sandbox_build_calls[];
extern const size_t sandbox_build_call_count;
extern const int sandbox_build_dumpable;

#endif
