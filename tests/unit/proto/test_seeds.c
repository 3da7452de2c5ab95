/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The seeds of the fuzz targets are real messages: the samples, as we pack
 * them today. After a change of the schema, CII_WRITE_SEEDS=1 in the
 * environment writes them anew.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/unit/proto/samples.h"

#define CORPUS CII_SOURCE_DIR "/tests/fuzz/corpus/"

static void
write_seed(const char *path, struct bytes bytes)
{
    FILE *file = fopen(path, "wb");

    cr_assert(file != NULL, "%s", path);
    cr_assert(fwrite(bytes.data, 1, bytes.size, file) == bytes.size);
    cr_assert(fclose(file) == 0);
}

static void
expect_seed(const char *path, struct bytes bytes)
{
    uint8_t room[8192];

    if (getenv("CII_WRITE_SEEDS"))
        write_seed(path, bytes);
    FILE *file = fopen(path, "rb");
    cr_assert(file != NULL, "%s is missing", path);
    const size_t size = fread(room, 1, sizeof room, file);
    fclose(file);
    cr_expect(bytes_equal(bytes, (struct bytes){room, size}),
              "%s is not what is packed today", path);
}

/* The first byte tells the target which reader to use. */
static void
expect_marked_seed(const char *path, char mark, struct bytes bytes)
{
    struct buffer marked = {0};

    buffer_append(&marked, &mark, 1);
    buffer_append(&marked, bytes.data, bytes.size);
    expect_seed(path, buffer_view(&marked));
    buffer_done(&marked);
}

Test(seeds, of_frames_are_what_we_pack)
{
    static const char *const paths[] = {CORPUS "fuzz_proto_frame/hello",
                                        CORPUS "fuzz_proto_frame/deliver",
                                        CORPUS "fuzz_proto_frame/void",
                                        CORPUS "fuzz_proto_frame/ack"};

    for (unsigned int kind = FRAME_HELLO; kind <= FRAME_ACK; kind++) {
        const struct frame frame = sample_frame((enum frame_kind)kind);
        struct buffer buffer = {0};
        require_ok(frame_pack(&frame, &buffer));
        expect_seed(paths[kind], buffer_view(&buffer));
        buffer_done(&buffer);
    }
}

Test(seeds, of_control_are_what_we_pack)
{
    const struct request request = sample_request();
    const struct reply reply = sample_reply();
    struct buffer buffer = {0};

    require_ok(request_pack(&request, &buffer));
    expect_marked_seed(CORPUS "fuzz_proto_control/request", 'q',
                       buffer_view(&buffer));
    buffer_clear(&buffer);
    require_ok(reply_pack(&reply, &buffer));
    expect_marked_seed(CORPUS "fuzz_proto_control/reply", 'r',
                       buffer_view(&buffer));
    buffer_done(&buffer);
}

Test(seeds, of_events_are_what_we_pack)
{
    const struct event event = sample_event();
    const struct receipt receipt = sample_receipt();
    struct buffer buffer = {0};

    require_ok(event_pack(&event, &buffer));
    expect_marked_seed(CORPUS "fuzz_proto_event/event", 'e',
                       buffer_view(&buffer));
    expect_marked_seed(CORPUS "fuzz_proto_event/header", 'h',
                       sample_header_bytes());
    expect_marked_seed(CORPUS "fuzz_proto_event/content", 'c',
                       sample_content_bytes());
    buffer_clear(&buffer);
    require_ok(receipt_pack(&receipt, &buffer));
    expect_marked_seed(CORPUS "fuzz_proto_event/receipt", 'r',
                       buffer_view(&buffer));
    buffer_clear(&buffer);
    require_ok(proof_pack(&event.proof, &buffer));
    expect_marked_seed(CORPUS "fuzz_proto_event/proof", 'p',
                       buffer_view(&buffer));
    buffer_clear(&buffer);
    require_ok(facets_pack(event.facet, event.facet_count, &buffer));
    expect_marked_seed(CORPUS "fuzz_proto_event/facets", 'f',
                       buffer_view(&buffer));
    buffer_done(&buffer);
}
