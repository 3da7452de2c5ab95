/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

#include "crypto/sign.h"
#include "tests/unit/crypto/samples.h"

TestSuite(keys, .init = start);

TestSuite(batch, .init = start);

TestSuite(ack, .init = start);

/* --- keys -----------------------------------------------------------------
 */

Test(keys, public_ones_are_those_of_rfc_8032)
{
    for (size_t i = 0; i < 3; i++) {
        struct signer *signer = sample_signer(i);

        expect_text(hex(signer_public_key(signer), PUBLIC_KEY_SIZE),
                    sample_public[i] + strlen("ed25519:"));
        signer_destroy(&signer);
    }
}

Test(keys, id_is_the_front_of_the_digest)
{
    uint8_t key[PUBLIC_KEY_SIZE];
    uint8_t id[KEY_ID_SIZE];
    require_ok(public_key_parse(sample_public[0], key, NULL));

    key_id_of(key, id);

    expect_hex(id, "21fe31dfa154a261");
}

static void
expect_no_signer(const char *pem, size_t size)
{
    struct cii_error err = {0};
    struct signer *signer = NULL;

    expect_code(signer_new(&signer, pem, size, &err), CONFIG);
    expect_text(err.text, "the signing key is no Ed25519 private key in PEM "
                          "without passphrase; make one with: openssl "
                          "genpkey -algorithm ed25519");
    cr_expect(eq(ptr, signer, NULL));
}

Test(keys, that_are_no_pem_make_no_signer)
{
    expect_no_signer("", 0);
    expect_no_signer("not a key\n", 10);
    expect_no_signer(sample_pem[0], strlen(sample_pem[0]) / 2);
    expect_no_signer(sample_pem[0], (size_t)INT32_MAX + 1);
}

/* Writes the key, under this passphrase or none, and expects no signer. */
static void
expect_key_refused(EVP_PKEY *key, bool private, const char *passphrase)
{
    BIO *file = BIO_new(BIO_s_mem());
    cr_assert(key != NULL && file);
    if (private)
        cr_assert(PEM_write_bio_PKCS8PrivateKey(
            file, key, passphrase ? EVP_aes_256_cbc() : NULL, passphrase,
            passphrase ? (int)strlen(passphrase) : 0, NULL, NULL));
    else
        cr_assert(PEM_write_bio_PUBKEY(file, key));
    char *pem = NULL;
    const long size = BIO_get_mem_data(file, &pem);

    expect_no_signer(pem, (size_t)size);

    BIO_free(file);
    EVP_PKEY_free(key);
}

Test(keys, of_another_kind_or_encrypted_make_no_signer)
{
    expect_key_refused(EVP_EC_gen("P-256"), true, NULL);
    expect_key_refused(EVP_PKEY_Q_keygen(NULL, NULL, "X25519"), true, NULL);
    expect_key_refused(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), false, NULL);
    expect_key_refused(EVP_PKEY_Q_keygen(NULL, NULL, "ED25519"), true, "pw");
}

Test(keys, are_parsed_only_as_they_are_written)
{
    static const char *const wrong[] = {
        "",
        "ed25519:",
        "ED25519:"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "ed25519:"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f70751",
        "ed25519:"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a00",
        "ed25519:"
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511g",
    };
    struct cii_error err = {0};
    uint8_t key[PUBLIC_KEY_SIZE] = {0};

    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        expect_code(public_key_parse(wrong[i], key, &err), INVALID);

    expect_text(err.text, "a public key is written ed25519: and 64 "
                          "hexadecimal digits");
    cr_expect(key[0] == 0, "nothing is written on failure");
}

Test(keys, under_which_anybody_can_sign_are_not_trusted)
{
    static const char *const small[] = {
        "ed25519:"
        "0000000000000000000000000000000000000000000000000000000000000000",
        "ed25519:"
        "0100000000000000000000000000000000000000000000000000000000000000",
        "ed25519:"
        "0100000000000000000000000000000000000000000000000000000000000080",
        "ed25519:"
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ed25519:"
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    };
    struct verifier *verifier = NULL;
    require_ok(verifier_new(&verifier, NULL));

    for (size_t i = 0; i < sizeof small / sizeof small[0]; i++) {
        uint8_t key[PUBLIC_KEY_SIZE];
        require_ok(public_key_parse(small[i], key, NULL));
        expect_code(verifier_trust(verifier, "vs.orp.sion", key, NULL),
                    INVALID);
    }
    verifier_destroy(&verifier);
}

Test(keys, of_an_issuer_with_too_long_a_name_are_not_trusted)
{
    uint8_t key[PUBLIC_KEY_SIZE];
    struct verifier *verifier = NULL;
    require_ok(verifier_new(&verifier, NULL));
    require_ok(public_key_parse(sample_public[0], key, NULL));

    expect_code(verifier_trust(verifier,
                               "vs.orp.0123456789012345678901234567890123456"
                               "789012345678901234567890",
                               key, NULL),
                INVALID);
    verifier_destroy(&verifier);
}

/* --- batches --------------------------------------------------------------
 */

Test(batch, signature_is_the_one_that_was_computed_apart)
{
    struct signer *signer = sample_signer(0);
    const struct digest leaf[] = {sample_leaf(0), sample_leaf(1),
                                  sample_leaf(2)};
    struct proof proof[3];

    require_ok(sign_batch(signer, "vs.orp.sion", leaf, 3, proof, NULL));

    for (size_t i = 0; i < 3; i++) {
        expect_hex(proof[i].signature,
                   "06fd5373c8b035da442d61af0f1dce97dc65f5fd3381f1ec0dc2e7b9d"
                   "311994f14b6391363aa5808a5acb7c29836c5bf96b7c1f687572d4cdc"
                   "5fdacc05ed5e0c");
        expect_hex(proof[i].key_id, "21fe31dfa154a261");
    }
    signer_destroy(&signer);
}

#define BATCH_MAX 70

/* Events "header 0" to "header count - 1", with two of three facets. */
struct batch {
    size_t count;
    char text[BATCH_MAX][32];
    char content[BATCH_MAX][3][16];
    struct event event[BATCH_MAX];
};

static void
fill_event(struct batch *batch, size_t number, const char *issuer)
{
    static const char *const kinds[] = {"identity", "state", "sanction"};
    struct event *event = &batch->event[number];

    snprintf(batch->text[number], 32, "header %zu", number);
    event->header_bytes = bytes_of_text(batch->text[number]);
    event->header.issuer = issuer;
    event->header.digest_count = 3;
    for (uint32_t i = 0; i < 3; i++) {
        snprintf(batch->content[number][i], 16, "%zu, %u", number, i);
        struct facet facet = {.slot = i,
                              .kind = kinds[i],
                              .content =
                                  bytes_of_text(batch->content[number][i])};
        crypto_random(facet.salt, SALT_SIZE);
        event->header.digest[i] = facet_digest(&facet);
        if (i != 1) /* what was not disclosed */
            event->facet[event->facet_count++] = facet;
    }
}

static struct batch *
sample_batch(size_t count, const char *issuer, size_t key)
{
    struct batch *batch = calloc(1, sizeof *batch);
    struct signer *signer = sample_signer(key);
    struct digest leaf[BATCH_MAX];
    struct proof proof[BATCH_MAX];
    cr_assert(batch != NULL && count <= BATCH_MAX);

    batch->count = count;
    for (size_t i = 0; i < count; i++) {
        fill_event(batch, i, issuer);
        leaf[i] = header_digest(batch->event[i].header_bytes);
    }
    require_ok(sign_batch(signer, issuer, leaf, count, proof, NULL));
    for (size_t i = 0; i < count; i++)
        batch->event[i].proof = proof[i];
    signer_destroy(&signer);
    return batch;
}

static struct verifier *
sample_verifier(const char *issuer, size_t key)
{
    struct verifier *verifier = NULL;

    require_ok(verifier_new(&verifier, NULL));
    sample_trust(verifier, issuer, key);
    return verifier;
}

Test(batch, of_any_size_verifies)
{
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);

    for (size_t count = 1; count <= BATCH_MAX; count++) {
        struct batch *batch = sample_batch(count, "vs.orp.sion", 0);
        for (size_t i = 0; i < count; i++)
            expect_code(verify_event(verifier, &batch->event[i], NULL), OK);
        free(batch);
    }
    verifier_destroy(&verifier);
}

Test(batch, event_verifies_without_any_facet)
{
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    struct batch *batch = sample_batch(3, "vs.orp.sion", 0);

    batch->event[1].facet_count = 0;

    expect_code(verify_event(verifier, &batch->event[1], NULL), OK);
    free(batch);
    verifier_destroy(&verifier);
}

static void
expect_forged(struct verifier *verifier, const struct event *event,
              const char *what, size_t bit)
{
    const char *name = cii_code_name(verify_event(verifier, event, NULL));

    cr_expect(strcmp(name, "FORGED") == 0, "%s, bit %zu: %s", what, bit, name);
}

static void
expect_each_bit_to_count(struct verifier *verifier, const struct event *event,
                         void *part, size_t size, const char *what)
{
    for (size_t bit = 0; bit < 8 * size; bit++) {
        flip(part, bit);
        expect_forged(verifier, event, what, bit);
        flip(part, bit);
    }
}

static void
expect_each_part_to_count(struct verifier *verifier, struct batch *batch,
                          size_t number)
{
    struct event *event = &batch->event[number];
    struct proof *proof = &event->proof;

    expect_each_bit_to_count(verifier, event, batch->text[number],
                             event->header_bytes.size, "header");
    expect_each_bit_to_count(verifier, event, proof->path,
                             proof->path_count * DIGEST_SIZE, "path");
    expect_each_bit_to_count(verifier, event, &proof->index,
                             sizeof proof->index, "index");
    expect_each_bit_to_count(verifier, event, &proof->size, sizeof proof->size,
                             "size");
    expect_each_bit_to_count(verifier, event, proof->signature, SIGNATURE_SIZE,
                             "signature");
    expect_each_bit_to_count(verifier, event, proof->key_id, KEY_ID_SIZE,
                             "key id");
    expect_each_bit_to_count(verifier, event, batch->content[number][2],
                             event->facet[1].content.size, "content");
    expect_each_bit_to_count(verifier, event, event->facet[0].salt, SALT_SIZE,
                             "salt");
    expect_each_bit_to_count(verifier, event, &event->facet[1].slot,
                             sizeof event->facet[1].slot, "slot");
    event->facet[0].kind = "identit";
    expect_forged(verifier, event, "kind", 0);
    event->facet[0].kind = "identity";
}

Test(batch, altered_in_any_bit_is_forged)
{
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    struct batch *batch = sample_batch(6, "vs.orp.sion", 0);

    expect_each_part_to_count(verifier, batch, 4);

    expect_code(verify_event(verifier, &batch->event[4], NULL), OK);
    free(batch);
    verifier_destroy(&verifier);
}

Test(batch, altered_in_any_bit_is_forged_also_when_its_root_is_remembered)
{
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    struct batch *batch = sample_batch(5, "vs.orp.sion", 0);
    expect_code(verify_event(verifier, &batch->event[1], NULL), OK);

    for (size_t i = 0; i < batch->count; i++)
        expect_each_part_to_count(verifier, batch, i);

    expect_code(verify_event(verifier, &batch->event[1], NULL), OK);
    free(batch);
    verifier_destroy(&verifier);
}

Test(batch, of_an_issuer_nobody_knows_is_forged)
{
    struct cii_error err = {0};
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    struct batch *batch = sample_batch(2, "vs.orp.sierre", 0);

    expect_code(verify_event(verifier, &batch->event[0], &err), FORGED);

    expect_text(err.text, "issuer vs.orp.sierre is not known here; add its "
                          "key to a partner file");
    free(batch);
    verifier_destroy(&verifier);
}

Test(batch, signed_with_a_partners_own_key_for_another_is_forged)
{
    struct cii_error err = {0};
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    sample_trust(verifier, "ge.as.hg", 1);
    struct batch *batch = sample_batch(2, "vs.orp.sion", 1);

    expect_code(verify_event(verifier, &batch->event[0], &err), FORGED);

    expect_text(err.text, "signed with a key that is not known as one of "
                          "vs.orp.sion; compare fingerprints and add it to "
                          "its partner file");
    free(batch);
    verifier_destroy(&verifier);
}

Test(batch, root_of_a_partner_never_vouches_for_another)
{
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    sample_trust(verifier, "ge.as.hg", 1);
    struct batch *batch = sample_batch(4, "ge.as.hg", 1);
    struct event event = batch->event[0];
    uint8_t key[PUBLIC_KEY_SIZE];
    require_ok(public_key_parse(sample_public[0], key, NULL));
    require_ok(verify_event(verifier, &event, NULL)); /* remembered now */

    event.header.issuer = "vs.orp.sion";
    expect_code(verify_event(verifier, &event, NULL), FORGED);
    key_id_of(key, event.proof.key_id);
    expect_code(verify_event(verifier, &event, NULL), FORGED);

    free(batch);
    verifier_destroy(&verifier);
}

Test(batch, root_never_vouches_for_another_who_has_the_same_key)
{
    struct cii_error err = {0};
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    sample_trust(verifier, "vs.orp.sierre", 0);
    struct batch *batch = sample_batch(4, "vs.orp.sion", 0);
    struct event event = batch->event[0];
    require_ok(verify_event(verifier, &event, NULL));

    event.header.issuer = "vs.orp.sierre";

    expect_code(verify_event(verifier, &event, &err), FORGED);
    expect_text(err.text, "this is not what vs.orp.sierre signed");
    free(batch);
    verifier_destroy(&verifier);
}

Test(batch, under_any_key_of_its_issuer_verifies)
{
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    sample_trust(verifier, "vs.orp.sion", 1);
    sample_trust(verifier, "vs.orp.sion", 1);

    for (size_t key = 0; key < 3; key++) {
        struct batch *batch = sample_batch(2, "vs.orp.sion", key);
        const enum cii_code code =
            verify_event(verifier, &batch->event[0], NULL);
        expect_text(cii_code_name(code), key < 2 ? "OK" : "FORGED");
        free(batch);
    }
    verifier_destroy(&verifier);
}

Test(batch, of_each_of_many_issuers_verifies)
{
    struct verifier *verifier = NULL;
    require_ok(verifier_new(&verifier, NULL));
    char issuer[300][24];
    for (size_t i = 0; i < 300; i++) {
        snprintf(issuer[i], 24, "vs.orp.%zu", i * 7919 % 300);
        sample_trust(verifier, issuer[i], i % 3);
    }

    for (size_t i = 0; i < 300; i++) {
        struct batch *batch = sample_batch(1, issuer[i], i % 3);
        struct batch *forged = sample_batch(1, issuer[i], (i + 1) % 3);
        expect_code(verify_event(verifier, &batch->event[0], NULL), OK);
        expect_code(verify_event(verifier, &forged->event[0], NULL), FORGED);
        free(batch);
        free(forged);
    }
    verifier_destroy(&verifier);
}

/* One event of its own batch; the number makes it another one. */
static void
sign_alone(const struct signer *signer, struct event *event, char text[32],
           size_t number)
{
    snprintf(text, 32, "header %zu", number);
    *event = (struct event){.header_bytes = bytes_of_text(text),
                            .header.issuer = "vs.orp.sion"};
    const struct digest leaf = header_digest(event->header_bytes);
    require_ok(
        sign_batch(signer, "vs.orp.sion", &leaf, 1, &event->proof, NULL));
}

Test(batch, still_verifies_when_its_root_was_forgotten, .timeout = 120)
{
    struct verifier *verifier = sample_verifier("vs.orp.sion", 0);
    struct signer *signer = sample_signer(0);
    struct event event;
    char text[32];

    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 1500; i++) {
            sign_alone(signer, &event, text, i);
            expect_code(verify_event(verifier, &event, NULL), OK);
        }
    }
    for (size_t i = 0; i < 1500; i++) {
        sign_alone(signer, &event, text, i);
        flip(event.proof.signature, i % 512);
        expect_code(verify_event(verifier, &event, NULL), FORGED);
    }
    signer_destroy(&signer);
    verifier_destroy(&verifier);
}

/* --- acks -----------------------------------------------------------------
 */

static struct digest ack_chain;
static uint8_t ack_stream[16];

static struct ack_text
sample_ack(void)
{
    for (size_t i = 0; i < DIGEST_SIZE; i++)
        ack_chain.bytes[i] = (uint8_t)i;
    for (size_t i = 0; i < sizeof ack_stream; i++)
        ack_stream[i] = (uint8_t)(100 + i);
    return (struct ack_text){.receiver = "ge.as.hg",
                             .sender = "vs.orp.sion",
                             .stream_id = ack_stream,
                             .up_to = UINT64_C(0x0102030405060708),
                             .chain = &ack_chain};
}

Test(ack, signature_is_the_one_that_was_computed_apart)
{
    struct signer *signer = sample_signer(1);
    const struct ack_text ack = sample_ack();
    uint8_t signature[SIGNATURE_SIZE];

    require_ok(ack_sign(signer, &ack, signature, NULL));

    expect_hex(signature,
               "476aebc1189e14cfde7049de34a0795392f6689573f01f98cb3c5941ac6c40"
               "97e4355d5388c5d4bc9d17841a4c63bf04bfd33e3263b74eb319617e28f4b7"
               "bb03");
    signer_destroy(&signer);
}

Test(ack, verifies_under_any_key_of_the_receiver_only)
{
    struct verifier *verifier = sample_verifier("ge.as.hg", 0);
    sample_trust(verifier, "ge.as.hg", 1);
    sample_trust(verifier, "vs.orp.sion", 2);
    const struct ack_text ack = sample_ack();

    for (size_t key = 0; key < 3; key++) {
        struct signer *signer = sample_signer(key);
        uint8_t signature[SIGNATURE_SIZE];
        require_ok(ack_sign(signer, &ack, signature, NULL));
        const enum cii_code code = ack_verify(verifier, &ack, signature, NULL);
        expect_text(cii_code_name(code), key < 2 ? "OK" : "FORGED");
        signer_destroy(&signer);
    }
    verifier_destroy(&verifier);
}

Test(ack, altered_in_any_member_is_forged)
{
    struct verifier *verifier = sample_verifier("ge.as.hg", 1);
    sample_trust(verifier, "ge.as.h", 1);
    struct signer *signer = sample_signer(1);
    struct ack_text ack = sample_ack();
    uint8_t signature[SIGNATURE_SIZE];
    require_ok(ack_sign(signer, &ack, signature, NULL));
    expect_code(ack_verify(verifier, &ack, signature, NULL), OK);

    const struct {
        void *part;
        size_t size;
    } parts[] = {
        {ack_stream, sizeof ack_stream},
        {&ack.up_to, sizeof ack.up_to},
        {&ack_chain, sizeof ack_chain},
        {signature, sizeof signature},
    };

    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        for (size_t bit = 0; bit < 8 * parts[i].size; bit++) {
            flip(parts[i].part, bit);
            expect_code(ack_verify(verifier, &ack, signature, NULL), FORGED);
            flip(parts[i].part, bit);
        }
    }
    ack.sender = "vs.orp.sierre";
    expect_code(ack_verify(verifier, &ack, signature, NULL), FORGED);
    ack.sender = "vs.orp.sion";
    ack.receiver = "ge.as.h";
    expect_code(ack_verify(verifier, &ack, signature, NULL), FORGED);
    ack.receiver = "ge.as.nobody";
    expect_code(ack_verify(verifier, &ack, signature, NULL), FORGED);
    signer_destroy(&signer);
    verifier_destroy(&verifier);
}
