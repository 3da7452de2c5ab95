/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include <openssl/evp.h>

#include "crypto/commit.h"
#include "tests/unit/crypto/samples.h"

TestSuite(facet, .init = start);

TestSuite(merkle, .init = start, .timeout = 120);

/* --- facets ---------------------------------------------------------------
 */

static struct facet
sample_facet(void)
{
    struct facet facet = {.slot = 1,
                          .kind = "identity",
                          .content = bytes_of_text("content")};

    for (size_t i = 0; i < SALT_SIZE; i++)
        facet.salt[i] = (uint8_t)i;
    return facet;
}

Test(facet, digest_is_the_one_that_is_written_down)
{
    const struct facet facet = sample_facet();

    const struct digest digest = facet_digest(&facet);

    expect_hex(digest, "1c7df7ffeeab0a031e5e124c6439b944"
                       "254019b01f803348718f476a4dede3a7");
}

Test(facet, digest_tells_kind_from_content)
{
    struct facet one = sample_facet();
    struct facet other = sample_facet();
    one.kind = "state";
    one.content = bytes_of_text("xyz");
    other.kind = "statex";
    other.content = bytes_of_text("yz");

    const struct digest a = facet_digest(&one);
    const struct digest b = facet_digest(&other);

    cr_expect(digest_equal(&a, &b) == false);
}

Test(facet, that_its_slot_commits_to_passes)
{
    struct event event = {.header.digest_count = 2, .facet_count = 1};
    event.facet[0] = sample_facet();
    event.header.digest[1] = facet_digest(&event.facet[0]);

    expect_code(facets_check(&event, NULL), OK);
}

Test(facet, altered_in_any_part_is_forged)
{
    struct event event = {.header.digest_count = 2, .facet_count = 1};
    event.facet[0] = sample_facet();
    event.header.digest[1] = facet_digest(&event.facet[0]);
    event.header.digest[0] = event.header.digest[1];
    event.header.digest[0].bytes[31] ^= 1;

    for (size_t bit = 0; bit < 8UL * SALT_SIZE; bit++) {
        flip(event.facet[0].salt, bit);
        expect_code(facets_check(&event, NULL), FORGED);
        flip(event.facet[0].salt, bit);
    }
    char content[] = "content";
    for (size_t bit = 0; bit < 8 * strlen("content"); bit++) {
        flip(content, bit);
        event.facet[0].content =
            (struct bytes){(const uint8_t *)content, strlen("content")};
        expect_code(facets_check(&event, NULL), FORGED);
        flip(content, bit);
    }
    event.facet[0].content.size--;
    expect_code(facets_check(&event, NULL), FORGED);
    event.facet[0].content.size++;
    event.facet[0].kind = "identitx";
    expect_code(facets_check(&event, NULL), FORGED);
    event.facet[0].kind = "identity";
    event.facet[0].slot = 0;
    expect_code(facets_check(&event, NULL), FORGED);
}

Test(facet, in_a_slot_that_the_header_has_not_is_forged)
{
    struct cii_error err = {0};
    struct event event = {.header.digest_count = 1, .facet_count = 1};
    event.facet[0] = sample_facet();
    event.header.digest[1] = facet_digest(&event.facet[0]);

    expect_code(facets_check(&event, &err), FORGED);
    expect_text(err.text,
                "a facet is in slot 1, which its header does not have");
}

Test(facet, every_one_is_looked_at)
{
    struct event event = {.header.digest_count = EVENT_SLOTS_MAX,
                          .facet_count = EVENT_FACETS_MAX};
    for (uint32_t i = 0; i < EVENT_FACETS_MAX; i++) {
        event.facet[i] = sample_facet();
        event.facet[i].slot = i;
        event.facet[i].salt[0] = (uint8_t)i;
        event.header.digest[i] = facet_digest(&event.facet[i]);
    }
    expect_code(facets_check(&event, NULL), OK);

    for (uint32_t i = 0; i < EVENT_FACETS_MAX; i++) {
        flip(&event.facet[i].salt, 0);
        expect_code(facets_check(&event, NULL), FORGED);
        flip(&event.facet[i].salt, 0);
    }
}

/* --- the tree -------------------------------------------------------------
 */

/* The definition of RFC 6962, section 2.1, word for word and independent of
 * our code: k is the largest power of two smaller than n. */
static struct digest
tree_hash(const struct digest *leaf, size_t n)
{
    if (n == 1)
        return leaf[0];
    size_t k = 1;
    while (2 * k < n)
        k *= 2;

    struct {
        uint8_t prefix;
        struct digest left;
        struct digest right;
    } text = {1, tree_hash(leaf, k), tree_hash(leaf + k, n - k)};
    struct digest root;
    cr_assert(EVP_Digest(&text, sizeof text, root.bytes, NULL, EVP_sha256(),
                         NULL) == 1);
    return root;
}

static struct digest *
sample_leaves(size_t count)
{
    struct digest *leaf = malloc(count * sizeof *leaf);

    cr_assert(leaf != NULL);
    for (size_t i = 0; i < count; i++)
        leaf[i] = sample_leaf(i);
    return leaf;
}

/* 1 to 70, and odd ones; 0 at the end. */
static size_t
size_number(size_t i)
{
    static const size_t odd[] = {127, 128, 129, 255, 257, 1000, 1023, 4097};

    if (i < 70)
        return i + 1;
    return i - 70 < sizeof odd / sizeof odd[0] ? odd[i - 70] : 0;
}

Test(merkle, leaf_is_that_of_rfc_6962)
{
    const struct digest leaf = sample_leaf(0);

    expect_hex(leaf, "9337f775b3e340ad9da6585cf56be175"
                     "1f8d369e5565512074b5af54b1c56dea");
}

Test(merkle, root_is_that_of_rfc_6962)
{
    for (size_t i = 0; size_number(i) != 0; i++) {
        const size_t size = size_number(i);
        struct digest *leaf = sample_leaves(size);
        const struct digest want = tree_hash(leaf, size);

        struct merkle *merkle = NULL;
        require_ok(merkle_new(&merkle, leaf, size, NULL));
        const struct digest root = merkle_root(merkle);

        cr_expect(digest_equal(&root, &want), "size %zu", size);
        merkle_destroy(&merkle);
        free(leaf);
    }
}

Test(merkle, root_of_three_is_the_one_that_was_computed_apart)
{
    const struct digest leaf[] = {sample_leaf(0), sample_leaf(1),
                                  sample_leaf(2)};
    struct merkle *merkle = NULL;
    require_ok(merkle_new(&merkle, leaf, 3, NULL));

    const struct digest root = merkle_root(merkle);

    expect_hex(root, "38a33edd06b006cd419934f7812e8ab8"
                     "f5560d18504b3d917adf8e725ae3fa5d");
    merkle_destroy(&merkle);
}

Test(merkle, every_path_climbs_to_the_root)
{
    for (size_t i = 0; size_number(i) != 0; i++) {
        const size_t size = size_number(i);
        struct digest *leaf = sample_leaves(size);
        struct merkle *merkle = NULL;
        require_ok(merkle_new(&merkle, leaf, size, NULL));
        const struct digest want = merkle_root(merkle);

        for (size_t index = 0; index < size; index++) {
            struct proof proof = {0};
            struct digest root = {0};
            merkle_path(merkle, index, &proof);
            cr_assert(proof.index == index && proof.size == size);
            cr_assert(merkle_climb(&leaf[index], &proof, &root) &&
                          digest_equal(&root, &want),
                      "leaf %zu of %zu", index, size);
        }
        merkle_destroy(&merkle);
        free(leaf);
    }
}

Test(merkle, one_leaf_is_its_own_root)
{
    const struct digest leaf = sample_leaf(0);
    struct merkle *merkle = NULL;
    struct proof proof = {.path_count = 9};
    require_ok(merkle_new(&merkle, &leaf, 1, NULL));

    const struct digest root = merkle_root(merkle);
    merkle_path(merkle, 0, &proof);

    cr_expect(digest_equal(&root, &leaf));
    cr_expect(eq(sz, proof.path_count, 0));
    merkle_destroy(&merkle);
}

Test(merkle, largest_batch_fits_a_proof)
{
    struct digest *leaf = sample_leaves(PROOF_SIZE_MAX);
    struct merkle *merkle = NULL;
    require_ok(merkle_new(&merkle, leaf, PROOF_SIZE_MAX, NULL));
    const struct digest want = merkle_root(merkle);

    static const size_t indexes[] = {0, 1, 32767, 32768, 65535};
    for (size_t i = 0; i < 5; i++) {
        struct proof proof;
        struct digest root;
        merkle_path(merkle, indexes[i], &proof);
        cr_expect(eq(sz, proof.path_count, PROOF_PATH_MAX));
        cr_expect(merkle_climb(&leaf[indexes[i]], &proof, &root) &&
                  digest_equal(&root, &want));
    }
    merkle_destroy(&merkle);
    free(leaf);
}

/* Does this proof still lead from this leaf to this root? */
static bool
leads_to(const struct digest *leaf, const struct proof *proof,
         const struct digest *want)
{
    struct digest root;

    return merkle_climb(leaf, proof, &root) && digest_equal(&root, want);
}

static void
expect_altered_bits_to_lead_elsewhere(struct digest *leaf, struct proof *proof,
                                      const struct digest *root)
{
    for (size_t bit = 0; bit < 8UL * DIGEST_SIZE; bit += 5) {
        flip(leaf, bit);
        cr_assert(leads_to(leaf, proof, root) == false, "leaf, bit %zu", bit);
        flip(leaf, bit);
    }
    for (size_t i = 0; i < proof->path_count; i++) {
        for (size_t bit = 0; bit < 8UL * DIGEST_SIZE; bit += 37) {
            flip(&proof->path[i], bit);
            cr_assert(leads_to(leaf, proof, root) == false, "path, bit %zu",
                      bit);
            flip(&proof->path[i], bit);
        }
    }
}

static void
expect_other_shapes_to_lead_elsewhere(const struct digest *leaf,
                                      struct proof *proof,
                                      const struct digest *root)
{
    const uint32_t index = proof->index;
    for (uint32_t other = 0; other <= proof->size; other++) {
        proof->index = other;
        cr_assert(other == index || !leads_to(leaf, proof, root),
                  "index %u for %u of %u", other, index, proof->size);
    }
    proof->index = index;

    proof->path_count++;
    cr_assert(leads_to(leaf, proof, root) == false, "a longer path");
    proof->path_count--;
    if (proof->path_count == 0)
        return;
    proof->path_count--;
    cr_assert(leads_to(leaf, proof, root) == false, "a shorter path");
    proof->path_count++;
}

Test(merkle, altered_leaf_path_or_index_leads_elsewhere)
{
    for (size_t size = 1; size <= 70; size++) {
        struct digest *leaf = sample_leaves(size);
        struct merkle *merkle = NULL;
        require_ok(merkle_new(&merkle, leaf, size, NULL));
        const struct digest root = merkle_root(merkle);

        for (size_t index = 0; index < size; index++) {
            struct proof proof = {0};
            merkle_path(merkle, index, &proof);
            expect_altered_bits_to_lead_elsewhere(&leaf[index], &proof, &root);
            expect_other_shapes_to_lead_elsewhere(&leaf[index], &proof, &root);
        }
        merkle_destroy(&merkle);
        free(leaf);
    }
}

Test(merkle, impossible_sizes_and_paths_do_not_climb)
{
    const struct digest leaf = sample_leaf(0);
    struct digest root;
    static const struct proof impossible[] = {
        {.size = 0},
        {.size = 1, .index = 1},
        {.size = PROOF_SIZE_MAX + 1, .path_count = PROOF_PATH_MAX},
        {.size = UINT32_MAX, .path_count = PROOF_PATH_MAX},
        {.size = PROOF_SIZE_MAX, .path_count = PROOF_PATH_MAX + 1},
        {.size = 1, .path_count = SIZE_MAX},
        {.size = 2, .index = UINT32_MAX, .path_count = 1},
    };

    for (size_t i = 0; i < sizeof impossible / sizeof impossible[0]; i++)
        cr_expect(merkle_climb(&leaf, &impossible[i], &root) == false,
                  "case %zu", i);
}

Test(merkle, an_inner_node_does_not_pass_for_a_leaf)
{
    const struct digest leaf[] = {sample_leaf(0), sample_leaf(1)};
    struct merkle *merkle = NULL;
    require_ok(merkle_new(&merkle, leaf, 2, NULL));
    const struct digest root = merkle_root(merkle);
    uint8_t pair[2 * DIGEST_SIZE];
    memcpy(pair, leaf, sizeof pair);

    const struct digest forged = header_digest(BYTES_OF(pair));

    cr_expect(digest_equal(&forged, &root) == false);
    merkle_destroy(&merkle);
}
