/* SPDX-License-Identifier: Apache-2.0 */
#include "base/sandbox_build.h"

#if defined(__has_feature)
#    if __has_feature(address_sanitizer)
#        define WITH_SANITIZER 1
#    endif
#endif
#if defined(__SANITIZE_ADDRESS__)
#    define WITH_SANITIZER 1
#endif

#ifdef WITH_SANITIZER

const char *const sandbox_build_calls[] = {
    "ptrace",     "getdents",          "wait4", "waitid", "open",
    "openat",     "sched_setaffinity", "kill",  "tgkill", "process_vm_readv",
    "arch_prctl", "personality",
};
const size_t sandbox_build_call_count =
    sizeof sandbox_build_calls / sizeof sandbox_build_calls[0];
const int sandbox_build_dumpable = 1;

#else

const char *const sandbox_build_calls[] = {""};
const size_t sandbox_build_call_count = 0;
const int sandbox_build_dumpable = 0;

#endif
