/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "crypto/crypto.h"
#include "tests/unit/crypto/samples.h"

TestSuite(digest, .init = start);

TestSuite(random_bytes, .init = start);

Test(digest, of_known_texts_is_that_of_fips_180)
{
    const struct digest abc =
        sha256(bytes_of_text("abc"), NO_BYTES, NO_BYTES, NO_BYTES);
    const struct digest empty = sha256(NO_BYTES, NO_BYTES, NO_BYTES, NO_BYTES);

    expect_hex(abc, "ba7816bf8f01cfea414140de5dae2223"
                    "b00361a396177a9cb410ff61f20015ad");
    expect_hex(empty, "e3b0c44298fc1c149afbf4c8996fb924"
                      "27ae41e4649b934ca495991b7852b855");
}

Test(digest, of_parts_is_that_of_the_whole)
{
    const struct digest whole = sha256(bytes_of_text("one two three four"),
                                       NO_BYTES, NO_BYTES, NO_BYTES);
    const struct digest parts =
        sha256(bytes_of_text("one "), bytes_of_text("two "),
               bytes_of_text("three "), bytes_of_text("four"));

    cr_expect(digest_equal(&whole, &parts));
}

Test(digest, starting_twice_is_harmless)
{
    expect_code(crypto_start(NULL), OK);
}

Test(digest, hmac_is_that_of_rfc_4231)
{
    uint8_t key[32] = {0};
    memset(key, 0x0b, 20);
    const struct digest first = hmac_sha256(key, bytes_of_text("Hi There"));
    memset(key, 0, sizeof key);
    memcpy(key, (const char[]){'J', 'e', 'f', 'e'}, 4);
    const struct digest second =
        hmac_sha256(key, bytes_of_text("what do ya want for nothing?"));

    expect_hex(first, "b0344c61d8db38535ca8afceaf0bf12b"
                      "881dc200c9833da726e9376c2e32cff7");
    expect_hex(second, "5bdcc146bf60754e6a042426089575c7"
                       "5a003f089d2739839dec58b964ec3843");
}

Test(digest, chain_is_the_one_that_is_written_down)
{
    struct digest chain;
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        chain.bytes[i] = (uint8_t)i;
    const struct digest abc =
        sha256(bytes_of_text("abc"), NO_BYTES, NO_BYTES, NO_BYTES);

    const struct digest next =
        chain_next(&chain, UINT64_C(0x0102030405060708), &abc);

    expect_hex(next, "1b2b0f90eeffb3fe6af3be2bc168bc51"
                     "48c2809e3f761ac4a0501079c0fb55f2");
}

Test(digest, chain_depends_on_every_part)
{
    const struct digest chain = sample_leaf(0);
    const struct digest digest = sample_leaf(1);
    const struct digest next = chain_next(&chain, 7, &digest);

    const struct digest others[] = {
        chain_next(&digest, 7, &digest),
        chain_next(&chain, 8, &digest),
        chain_next(&chain, 7, &chain),
    };

    for (size_t i = 0; i < 3; i++)
        cr_expect(digest_equal(&next, &others[i]) == false, "part %zu", i);
}

static int
compare_16(const void *a, const void *b)
{
    return memcmp(a, b, 16);
}

Test(random_bytes, never_come_twice)
{
    static uint8_t drawn[5000][16];
    for (size_t i = 0; i < 5000; i++)
        crypto_random(drawn[i], 16);

    qsort(drawn, 5000, 16, compare_16);

    for (size_t i = 1; i < 5000; i++)
        cr_assert(memcmp(drawn[i - 1], drawn[i], 16) != 0);
}

Test(random_bytes, fill_all_that_was_asked_for)
{
    static const size_t sizes[] = {1, 12, 32, 1021, 1022, 1023, 4096, 100000};

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        uint8_t *drawn = calloc(1, sizes[i] + 1);
        cr_assert(drawn != NULL);
        /* A byte that stays zero in 32 draws was not written. */
        for (int draw = 0; draw < 32; draw++) {
            uint8_t *once = calloc(1, sizes[i] + 1);
            cr_assert(once != NULL);
            crypto_random(once, sizes[i]);
            cr_expect(once[sizes[i]] == 0, "writes past %zu", sizes[i]);
            for (size_t k = 0; k < sizes[i]; k++)
                drawn[k] |= once[k];
            free(once);
        }
        for (size_t k = 0; k < sizes[i]; k++)
            cr_assert(drawn[k] != 0, "byte %zu of %zu", k, sizes[i]);
        free(drawn);
    }
}

Test(random_bytes, differ_in_parent_and_child)
{
    uint8_t ours[16];
    uint8_t theirs[16];
    int ends[2];
    crypto_random(ours, sizeof ours); /* the pool is full now */
    cr_assert(pipe(ends) == 0);

    const pid_t child = fork();
    if (child == 0) {
        crypto_random(theirs, sizeof theirs);
        _exit(write(ends[1], theirs, 16) == 16 ? 0 : 1);
    }
    crypto_random(ours, sizeof ours);
    cr_assert(read(ends[0], theirs, 16) == 16);
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);

    cr_expect(memcmp(ours, theirs, 16) != 0);
}
