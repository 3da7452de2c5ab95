/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/choice.h"

#include <string.h>

bool
choice_newer_stays(const char *own, const char *partner, bool older_dialled,
                   bool newer_dialled)
{
    if (older_dialled == newer_dialled)
        return true;
    const bool we_are_smaller = strcmp(own, partner) < 0;
    return newer_dialled == we_are_smaller;
}
