/* SPDX-License-Identifier: Apache-2.0 */
#include "crypto/commit.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/internal.h"

#define LEVELS_MAX (PROOF_PATH_MAX + 1)

static const struct bytes none = {NULL, 0};

struct digest
facet_digest(const struct facet *facet)
{
    static const char tag[] = "cii facet v1";
    uint8_t front[sizeof tag - 1 + SALT_SIZE + 4];
    uint8_t length[4];
    const struct bytes kind = bytes_of_text(facet->kind);

    assert(kind.size <= UINT32_MAX && facet->content.size <= UINT32_MAX);
    uint8_t *at = hash_bytes(front, tag, sizeof tag - 1);
    at = hash_bytes(at, facet->salt, SALT_SIZE);
    put_u32(at, (uint32_t)kind.size);
    put_u32(length, (uint32_t)facet->content.size);
    return sha256(BYTES_OF(front), kind, BYTES_OF(length), facet->content);
}

struct digest
header_digest(struct bytes header_bytes)
{
    static const uint8_t leaf = 0x00;

    return sha256(BYTES_OF(leaf), header_bytes, none, none);
}

enum cii_code
facets_check(const struct event *event, struct cii_error *err)
{
    assert(event->facet_count <= EVENT_FACETS_MAX);

    for (size_t i = 0; i < event->facet_count; i++) {
        const struct facet *facet = &event->facet[i];
        if (facet->slot >= event->header.digest_count)
            return cii_fail(err, CII_FORGED,
                            "a facet is in slot %u, which its header does "
                            "not have",
                            facet->slot);
        const struct digest digest = facet_digest(facet);
        if (!digest_equal(&digest, &event->header.digest[facet->slot]))
            return cii_fail(err, CII_FORGED,
                            "the facet in slot %u is not what its header "
                            "commits to",
                            facet->slot);
    }
    return CII_OK;
}

/*
 * Level 0 are the leaves; each level above pairs the one beneath, and a node
 * without a partner rises as it is. That is the tree of RFC 6962, section 2.1,
 * built from the bottom.
 */
struct merkle {
    size_t count;
    size_t level_count;
    size_t level[LEVELS_MAX]; /* where each level begins */
    struct digest node[];
};

static struct digest
inner_node(const struct digest *left, const struct digest *right)
{
    uint8_t text[1 + 2 * DIGEST_SIZE] = {0x01};

    uint8_t *at = hash_bytes(text + 1, left->bytes, DIGEST_SIZE);
    hash_bytes(at, right->bytes, DIGEST_SIZE);
    return sha256(BYTES_OF(text), none, none, none);
}

/* Fills above from the count nodes beneath it; how many it has. */
static size_t
pair_up(const struct digest *beneath, size_t count, struct digest *above)
{
    for (size_t i = 0; i + 1 < count; i += 2)
        above[i / 2] = inner_node(&beneath[i], &beneath[i + 1]);
    if (count % 2 == 1)
        above[count / 2] = beneath[count - 1];
    return (count + 1) / 2;
}

enum cii_code
merkle_new(struct merkle **result, const struct digest *leaf, size_t count,
           struct cii_error *err)
{
    assert(count >= 1 && count <= PROOF_SIZE_MAX);

    /* Each level rounds up at most once. */
    const size_t nodes = 2 * count + LEVELS_MAX;
    cii_auto(merkle_destroy) struct merkle *merkle =
        malloc(sizeof *merkle + nodes * sizeof merkle->node[0]);
    if (!merkle)
        return cii_fail(err, CII_MEMORY, "no memory for a batch of %zu", count);

    merkle->count = count;
    merkle->level_count = 1;
    merkle->level[0] = 0;
    memcpy(merkle->node, leaf, count * sizeof *leaf);
    for (size_t at = 0; count > 1; merkle->level_count++) {
        const size_t above = at + count;
        count = pair_up(&merkle->node[at], count, &merkle->node[above]);
        merkle->level[merkle->level_count] = above;
        at = above;
    }

    *result = cii_take(merkle);
    return CII_OK;
}

void
merkle_destroy(struct merkle **merkle)
{
    free(*merkle);
    *merkle = NULL;
}

struct digest
merkle_root(const struct merkle *merkle)
{
    return merkle->node[merkle->level[merkle->level_count - 1]];
}

void
merkle_path(const struct merkle *merkle, size_t index, struct proof *proof)
{
    assert(index < merkle->count);

    proof->index = (uint32_t)index;
    proof->size = (uint32_t)merkle->count;
    proof->path_count = 0;
    size_t last = merkle->count - 1;
    for (size_t i = 0; i + 1 < merkle->level_count; i++) {
        const size_t sibling = index ^ 1;
        if (sibling <= last)
            proof->path[proof->path_count++] =
                merkle->node[merkle->level[i] + sibling];
        index /= 2;
        last /= 2;
    }
}

static bool
proof_fits(const struct proof *proof)
{
    return proof->size >= 1 && proof->size <= PROOF_SIZE_MAX &&
           proof->index < proof->size && proof->path_count <= PROOF_PATH_MAX;
}

bool
merkle_climb(const struct digest *leaf, const struct proof *proof,
             struct digest *root)
{
    if (!proof_fits(proof))
        return false;

    struct digest node = *leaf;
    size_t used = 0;
    uint32_t index = proof->index;
    for (uint32_t last = proof->size - 1; last > 0; last /= 2, index /= 2) {
        if (index == last && index % 2 == 0)
            continue; /* no partner: it rises as it is */
        if (used == proof->path_count)
            return false;
        const struct digest *sibling = &proof->path[used++];
        node = index % 2 == 0 ? inner_node(&node, sibling)
                              : inner_node(sibling, &node);
    }
    if (used != proof->path_count)
        return false;
    *root = node;
    return true;
}
