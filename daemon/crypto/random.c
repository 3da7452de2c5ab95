/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/random.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include "crypto/internal.h"

#define POOL_SIZE 4096 /* one page, with its count */

struct pool {
    size_t left; /* zero in a child: refilled before use */
    uint8_t bytes[POOL_SIZE - sizeof(size_t)];
};

static struct pool *pool;

enum cii_code
random_start(struct cii_error *err)
{
    if (pool)
        return CII_OK;

    void *page = mmap(NULL, sizeof *pool, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (page == MAP_FAILED)
        return cii_fail(err, CII_MEMORY, "no memory for random bytes");
    if (madvise(page, sizeof *pool, MADV_WIPEONFORK) != 0) {
        const int why = errno;
        munmap(page, sizeof *pool);
        return cii_fail(err, CII_SYSTEM,
                        "cannot keep random bytes out of children (%s); a "
                        "kernel of 4.14 or newer is needed",
                        strerror(why));
    }
    /* Worth having, not worth stopping for. */
    (void)madvise(page, sizeof *pool, MADV_DONTDUMP);
    pool = page;
    return CII_OK;
}

static void
refill(void)
{
    crypto_must(RAND_priv_bytes(pool->bytes, (int)sizeof pool->bytes));
    pool->left = sizeof pool->bytes;
}

static void
generate(uint8_t *out, size_t size)
{
    const size_t most = 1 << 20;

    while (size > 0) {
        const size_t part = size < most ? size : most;
        crypto_must(RAND_priv_bytes(out, (int)part));
        out += part;
        size -= part;
    }
}

void
crypto_random(void *out, size_t size)
{
    assert(pool && "crypto_start() comes first");

    if (size > sizeof pool->bytes / 4) {
        generate(out, size);
        return;
    }
    if (pool->left < size)
        refill();
    pool->left -= size;
    memcpy(out, pool->bytes + pool->left, size);
    OPENSSL_cleanse(pool->bytes + pool->left, size);
}
