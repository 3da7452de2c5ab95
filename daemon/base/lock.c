/* SPDX-License-Identifier: Apache-2.0 */
#include "base/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

enum cii_code
lock_take(int *lock, const char *path, struct cii_error *err)
{
    const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return cii_fail(err, CII_SYSTEM, "%s: %s", path, strerror(errno));
    if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
        *lock = fd;
        return CII_OK;
    }
    const int why = errno;
    close(fd);
    if (why == EWOULDBLOCK)
        return cii_fail(err, CII_CONFLICT, "%s: another process has it", path);
    return cii_fail(err, CII_SYSTEM, "%s: %s", path, strerror(why));
}
