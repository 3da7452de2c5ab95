/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/notice.h"
#include "tests/support/expect.h"

static struct notice
example(void)
{
    struct notice notice = {
        .kind = NOTICE_UP,
        .number = UINT64_C(0xfedcba9876543210),
        .partner = "vs.orp.sion",
        .reason = "why not",
    };
    memset(notice.link_id, 0xa5, sizeof notice.link_id);
    return notice;
}

Test(notice, comes_out_as_it_went_in)
{
    const struct notice before = example();
    struct notice after = {.kind = NOTICE_REFUSED};
    uint8_t packed[NOTICE_SIZE];

    const size_t size = notice_pack(&before, packed);
    require_ok(notice_unpack(&after, packed, size));

    cr_expect(eq(int, (int)after.kind, (int)before.kind));
    cr_expect(eq(u64, after.number, before.number));
    expect_text(after.partner, before.partner);
    expect_text(after.reason, before.reason);
    cr_expect(memcmp(after.link_id, before.link_id, NOTICE_LINK_ID) == 0);
}

Test(notice, holds_the_longest_texts)
{
    struct notice before = example();
    struct notice after = {.kind = NOTICE_REFUSED};
    uint8_t packed[NOTICE_SIZE];
    memset(before.partner, 'a', NOTICE_PARTNER_MAX);
    memset(before.reason, 'b', NOTICE_REASON_MAX);

    require_ok(notice_unpack(&after, packed, notice_pack(&before, packed)));

    expect_text(after.partner, before.partner);
    expect_text(after.reason, before.reason);
}

Test(notice, replaces_what_a_log_cannot_hold)
{
    struct notice before = example();
    struct notice after = {.kind = NOTICE_REFUSED};
    uint8_t packed[NOTICE_SIZE];
    strcpy(before.reason, "a\nb\x80");

    require_ok(notice_unpack(&after, packed, notice_pack(&before, packed)));

    expect_text(after.reason, "a?b?");
}

Test(notice, is_malformed_at_any_other_size)
{
    const struct notice before = example();
    struct notice after = {.kind = NOTICE_REFUSED};
    uint8_t packed[NOTICE_SIZE + 1] = {0};
    const size_t size = notice_pack(&before, packed);

    for (size_t i = 0; i <= size + 1; i++)
        if (i != size)
            expect_code(notice_unpack(&after, packed, i), MALFORMED);
}

Test(notice, is_malformed_with_a_kind_that_nobody_knows)
{
    const struct notice before = example();
    struct notice after = {.kind = NOTICE_REFUSED};
    uint8_t packed[NOTICE_SIZE];
    const size_t size = notice_pack(&before, packed);

    packed[0] = 0;
    expect_code(notice_unpack(&after, packed, size), MALFORMED);
    packed[0] = NOTICE_REFUSED + 1;
    expect_code(notice_unpack(&after, packed, size), MALFORMED);
}

Test(notice, names_a_partner_that_can_stand_in_a_path)
{
    static const char *const names[] = {"", "a/b", "..", "A", "a b"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct notice notice = example();
        uint8_t packed[NOTICE_SIZE];
        strcpy(notice.partner, names[i]);

        expect_code(notice_unpack(&notice, packed,
                                  notice_pack(&notice, packed)),
                    MALFORMED);
    }
}

Test(notice, may_refuse_somebody_unknown)
{
    struct notice notice = example();
    uint8_t packed[NOTICE_SIZE];
    notice.kind = NOTICE_REFUSED;
    notice.partner[0] = '\0';

    expect_code(notice_unpack(&notice, packed, notice_pack(&notice, packed)),
                OK);
}

Test(link_path, stands_in_the_folder_of_links)
{
    char path[108];

    require_ok(link_path(path, sizeof path, "/run/ciid", "ge.as.hg", 42));

    expect_text(path, "/run/ciid/link/ge.as.hg.42");
}

Test(link_path, refuses_what_does_not_fit_or_leads_elsewhere)
{
    char path[108];
    char folder[100];
    memset(folder, 'd', sizeof folder - 1);
    folder[sizeof folder - 1] = '\0';

    expect_code(link_path(path, sizeof path, folder, "ge.as.hg", 42),
                TOO_LARGE);
    expect_code(link_path(path, 10, "/run", "ge.as.hg", 42), TOO_LARGE);
    expect_code(link_path(path, sizeof path, "/run", "../x", 42), INVALID);
}
