/* SPDX-License-Identifier: Apache-2.0 */
#include "gate/choice.h"
#include "tests/support/expect.h"

static const struct {
    const char *own;
    const char *partner;
    bool older_dialled;
    bool newer_dialled;
    bool newer_stays;
} cases[] = {
    /* the same side dialled both: the newer */
    {"a", "b", true, true, true},
    {"a", "b", false, false, true},
    {"b", "a", true, true, true},
    {"b", "a", false, false, true},
    /* crossed: the one that the smaller id dialled */
    {"a", "b", false, true, true},
    {"a", "b", true, false, false},
    {"b", "a", false, true, false},
    {"b", "a", true, false, true},
    /* a prefix is smaller, and bytes count, not letters */
    {"ge.as", "ge.as.hg", true, false, false},
    {"ge.as-x", "ge.as.hg", true, false, false},
};

Test(choice, follows_its_table)
{
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const bool got =
            choice_newer_stays(cases[i].own, cases[i].partner,
                               cases[i].older_dialled, cases[i].newer_dialled);
        cr_expect(got == cases[i].newer_stays, "row %zu", i);
    }
}

Test(choice, is_the_same_at_both_ends)
{
    static const char *const ids[] = {"ge.as.hg", "vs.orp.sion", "vs.oai"};
    for (size_t i = 0; i < 9; i++) {
        const char *here = ids[i / 3];
        const char *there = ids[i % 3];
        if (here == there)
            continue;
        for (int older = 0; older < 2; older++)
            for (int newer = 0; newer < 2; newer++)
                cr_expect(choice_newer_stays(here, there, older, newer) ==
                              choice_newer_stays(there, here, !older, !newer),
                          "%s and %s, older %d newer %d", here, there, older,
                          newer);
    }
}
