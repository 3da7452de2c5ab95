/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "crypto/seal.h"
#include "tests/unit/crypto/samples.h"

#define SEALED_KEY (SEAL_KEY_SIZE + SEAL_OVERHEAD)

TestSuite(seal, .init = start);

TestSuite(person, .init = start);

/* Another number, another master key. */
static struct vault *
sample_vault(uint8_t number)
{
    uint8_t master[SEAL_KEY_SIZE];
    struct vault *vault = NULL;

    for (size_t i = 0; i < sizeof master; i++)
        master[i] = (uint8_t)(i + number);
    require_ok(vault_new(&vault, master, NULL));
    return vault;
}

static struct digest
lookup_of(const struct vault *vault, const char *avs)
{
    return vault_lookup(vault, "avs", bytes_of_text(avs));
}

/* --- looking persons up ---------------------------------------------------
 */

Test(person, lookup_and_common_key_are_those_that_are_written_down)
{
    struct vault *vault = sample_vault(0);

    const struct digest lookup = lookup_of(vault, "7561234567897");

    expect_hex(lookup, "5195ba33576018ebec4b7316bdffa0ac"
                       "5f389e4a4cb48add53101ae326421fbd");
    expect_text(hex(vault_common_key(vault)->bytes, SEAL_KEY_SIZE),
                "9f4476ce5d5fab973ba9cad306a585228555bc2447144f82fb8ff38dfcebf"
                "9ab");
    vault_destroy(&vault);
}

Test(person, lookup_depends_on_value_domain_and_master_key)
{
    struct vault *vault = sample_vault(0);
    struct vault *other = sample_vault(1);
    const struct digest lookup = lookup_of(vault, "7561234567897");

    const struct digest others[] = {
        lookup_of(vault, "7561234567898"),
        lookup_of(other, "7561234567897"),
        vault_lookup(vault, "local", bytes_of_text("7561234567897")),
        vault_lookup(vault, "avs7", bytes_of_text("561234567897")),
    };
    const struct digest again = lookup_of(vault, "7561234567897");

    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        cr_expect(digest_equal(&lookup, &others[i]) == false, "case %zu", i);
    cr_expect(digest_equal(&lookup, &again));
    vault_destroy(&vault);
    vault_destroy(&other);
}

/* --- a person's key -------------------------------------------------------
 */

Test(person, key_opens_as_it_was_sealed)
{
    struct vault *vault = sample_vault(0);
    struct vault *later = sample_vault(0); /* after a restart */
    const struct digest lookup = lookup_of(vault, "7561234567897");
    struct person_key key;
    struct person_key opened = {0};
    uint8_t sealed[SEALED_KEY];

    vault_person_new(vault, &lookup, &key, sealed);

    expect_code(vault_person_open(later, &lookup, BYTES_OF(sealed), &opened,
                                  NULL),
                OK);
    expect_hex(opened, hex(&key, sizeof key));
    vault_destroy(&vault);
    vault_destroy(&later);
}

Test(person, key_is_another_each_time)
{
    struct vault *vault = sample_vault(0);
    const struct digest lookup = lookup_of(vault, "7561234567897");
    struct person_key one;
    struct person_key two;
    uint8_t sealed[SEALED_KEY];

    vault_person_new(vault, &lookup, &one, sealed);
    vault_person_new(vault, &lookup, &two, sealed);

    cr_expect(memcmp(&one, &two, sizeof one) != 0);
    vault_destroy(&vault);
}

Test(person, key_does_not_open_for_another_person_or_master_key)
{
    struct cii_error err = {0};
    struct vault *vault = sample_vault(0);
    struct vault *other = sample_vault(1);
    const struct digest lookup = lookup_of(vault, "7561234567897");
    const struct digest stranger = lookup_of(vault, "7569999999991");
    struct person_key key;
    uint8_t sealed[SEALED_KEY];
    vault_person_new(vault, &lookup, &key, sealed);

    struct person_key opened = {0};
    expect_code(vault_person_open(vault, &stranger, BYTES_OF(sealed), &opened,
                                  &err),
                CRYPTO);
    expect_code(vault_person_open(other, &lookup, BYTES_OF(sealed), &opened,
                                  &err),
                CRYPTO);
    cr_expect(memcmp(&opened, &(struct person_key){0}, sizeof opened) == 0,
              "nothing is written on failure");
    expect_text(err.text, "a person's key does not open: it was sealed under "
                          "another master key or for another person; bring "
                          "back the master key and the store of the same "
                          "backup");
    vault_destroy(&vault);
    vault_destroy(&other);
}

Test(person, key_cut_short_or_altered_does_not_open)
{
    struct vault *vault = sample_vault(0);
    const struct digest lookup = lookup_of(vault, "7561234567897");
    struct person_key key;
    uint8_t sealed[SEALED_KEY + 1] = {0};
    vault_person_new(vault, &lookup, &key, sealed);

    for (size_t size = 0; size <= SEALED_KEY + 1; size++)
        if (size != SEALED_KEY)
            expect_code(vault_person_open(vault, &lookup,
                                          (struct bytes){sealed, size}, &key,
                                          NULL),
                        CRYPTO);
    for (size_t bit = 0; bit < 8UL * SEALED_KEY; bit++) {
        flip(sealed, bit);
        expect_code(vault_person_open(vault, &lookup,
                                      (struct bytes){sealed, SEALED_KEY}, &key,
                                      NULL),
                    CRYPTO);
        flip(sealed, bit);
    }
    expect_code(vault_person_open(vault, &lookup,
                                  (struct bytes){sealed, SEALED_KEY}, &key,
                                  NULL),
                OK);
    vault_destroy(&vault);
}

/* --- values ---------------------------------------------------------------
 */

static void
unhex(const char *text, uint8_t *bytes)
{
    require_ok(bytes_from_hex(text, bytes, strlen(text) / 2));
}

Test(seal, is_aes_256_gcm_as_mcgrew_and_viega_wrote_it)
{
    /* "The Galois/Counter Mode of Operation", test case 16: nonce,
     * ciphertext and tag one after the other. */
    static const char *const sealed_text =
        "cafebabefacedbaddecaf888"
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b";
    struct vault *vault = sample_vault(0);
    struct person_key key;
    uint8_t row[20];
    uint8_t sealed[12 + 60 + 16];
    struct buffer plain = {0};
    unhex("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
          key.bytes);
    unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2", row);
    unhex(sealed_text, sealed);

    expect_code(unseal(vault, &key, BYTES_OF(row), BYTES_OF(sealed), &plain,
                       NULL),
                OK);
    expect_text(
        hex(plain.data, plain.size),
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    buffer_done(&plain);
    vault_destroy(&vault);
}

Test(seal, opens_at_every_size_and_appends)
{
    static const size_t sizes[] = {0, 1, 15, 16, 17, 600, 262144};
    static uint8_t text[262144];
    struct vault *vault = sample_vault(0);
    const struct person_key *key = vault_common_key(vault);
    crypto_random(text, sizeof text);

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct buffer sealed = {0};
        struct buffer plain = {0};
        const struct bytes row = bytes_of_text(i % 2 ? "row" : "");
        buffer_append_text(&sealed, "before");
        buffer_append_text(&plain, "front");

        require_ok(seal(vault, key, row, (struct bytes){text, sizes[i]},
                        &sealed, NULL));
        cr_assert(eq(sz, sealed.size, 6 + sizes[i] + SEAL_OVERHEAD));
        require_ok(unseal(vault, key, row,
                          (struct bytes){sealed.data + 6, sealed.size - 6},
                          &plain, NULL));

        cr_expect(eq(sz, plain.size, 5 + sizes[i]));
        cr_expect(memcmp(plain.data + 5, text, sizes[i]) == 0);
        cr_expect(memcmp(sealed.data, "before", 6) == 0);
        buffer_done(&sealed);
        buffer_done(&plain);
    }
    vault_destroy(&vault);
}

Test(seal, hides_the_text_and_never_repeats_itself)
{
    struct vault *vault = sample_vault(0);
    const struct bytes text = bytes_of_text("a name that nobody may read");
    struct buffer one = {0};
    struct buffer two = {0};

    require_ok(
        seal(vault, vault_common_key(vault), NO_BYTES, text, &one, NULL));
    require_ok(
        seal(vault, vault_common_key(vault), NO_BYTES, text, &two, NULL));

    cr_expect(bytes_equal(buffer_view(&one), buffer_view(&two)) == false);
    cr_expect(memcmp(one.data, two.data, 12) != 0, "the nonces differ");
    cr_expect(eq(ptr, memmem(one.data, one.size, "nobody", 6), NULL));
    buffer_done(&one);
    buffer_done(&two);
    vault_destroy(&vault);
}

Test(seal, does_not_open_in_another_row_or_for_another_person)
{
    struct cii_error err = {0};
    struct vault *vault = sample_vault(0);
    struct vault *other = sample_vault(1);
    const struct digest lookup = lookup_of(vault, "7561234567897");
    struct person_key key;
    struct person_key stranger;
    uint8_t unused[SEALED_KEY];
    vault_person_new(vault, &lookup, &key, unused);
    vault_person_new(vault, &lookup, &stranger, unused);
    struct buffer sealed = {0};
    struct buffer plain = {0};
    require_ok(seal(vault, &key, bytes_of_text("row 1"),
                    bytes_of_text("a secret"), &sealed, NULL));

    const struct bytes view = buffer_view(&sealed);
    expect_code(unseal(vault, &key, bytes_of_text("row 2"), view, &plain, &err),
                CRYPTO);
    expect_code(unseal(vault, &key, NO_BYTES, view, &plain, &err), CRYPTO);
    expect_code(unseal(vault, &stranger, bytes_of_text("row 1"), view, &plain,
                       &err),
                CRYPTO);
    expect_code(unseal(vault, vault_common_key(vault), bytes_of_text("row 1"),
                       view, &plain, &err),
                CRYPTO);
    expect_code(unseal(other, vault_common_key(other), bytes_of_text("row 1"),
                       view, &plain, &err),
                CRYPTO);
    cr_expect(eq(sz, plain.size, 0));
    expect_text(err.text, "a sealed value does not open: it is of another row "
                          "or person, or was changed; check the store, or "
                          "restore it from a backup");
    expect_code(unseal(vault, &key, bytes_of_text("row 1"), view, &plain, NULL),
                OK);
    expect_text(buffer_text(&plain), "a secret");
    buffer_done(&sealed);
    buffer_done(&plain);
    vault_destroy(&vault);
    vault_destroy(&other);
}

Test(seal, altered_or_cut_short_does_not_open)
{
    struct vault *vault = sample_vault(0);
    const struct person_key *key = vault_common_key(vault);
    struct buffer sealed = {0};
    struct buffer plain = {0};
    require_ok(
        seal(vault, key, NO_BYTES, bytes_of_text("secret"), &sealed, NULL));

    for (size_t size = 0; size < sealed.size; size++) {
        expect_code(unseal(vault, key, NO_BYTES,
                           (struct bytes){sealed.data, size}, &plain, NULL),
                    CRYPTO);
        cr_expect(eq(sz, plain.size, 0));
    }
    for (size_t bit = 0; bit < 8 * sealed.size; bit++) {
        flip(sealed.data, bit);
        expect_code(unseal(vault, key, NO_BYTES, buffer_view(&sealed), &plain,
                           NULL),
                    CRYPTO);
        flip(sealed.data, bit);
    }
    expect_code(unseal(vault, key, NO_BYTES, buffer_view(&sealed), &plain,
                       NULL),
                OK);
    buffer_done(&sealed);
    buffer_done(&plain);
    vault_destroy(&vault);
}

Test(seal, vault_destroyed_twice_is_gone_once)
{
    struct vault *vault = sample_vault(0);

    vault_destroy(&vault);
    vault_destroy(&vault);

    cr_expect(eq(ptr, vault, NULL));
}
