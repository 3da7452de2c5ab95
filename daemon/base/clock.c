/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"

#include <assert.h>
#include <time.h>

static int64_t
milliseconds(clockid_t id)
{
    struct timespec now = {0};
    const int rc = clock_gettime(id, &now);
    assert(rc == 0);
    (void)rc;
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int64_t
clock_now(void)
{
    return milliseconds(CLOCK_REALTIME);
}

int64_t
clock_steady(void)
{
    return milliseconds(CLOCK_MONOTONIC);
}
