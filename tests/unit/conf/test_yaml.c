/* SPDX-License-Identifier: Apache-2.0 */
/* What every file of ours has in common, shown on ciid.yaml. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "conf/schema.h"
#include "tests/support/expect.h"

#define HEAD "institution: vs.orp.sion\nname: ORP Sion\n"

struct bad {
    const char *text;
    const char *sentence;
};

/* Parses what must fail, and expects its sentence. */
static void
expect_refused(const char *text, size_t size, const char *sentence)
{
    struct config config = {0};
    struct cii_error err = {0};

    expect_code(yaml_parse(&config_shape, &config, "ciid.yaml", text, size,
                           &err),
                CONFIG);
    expect_text(err.text, sentence);
    cr_expect(config.institution == NULL);
}

static void
expect_all_refused(const struct bad *bad, size_t count)
{
    for (size_t i = 0; i < count; i++)
        expect_refused(bad[i].text, strlen(bad[i].text), bad[i].sentence);
}

#define REFUSED(list) expect_all_refused(list, sizeof(list) / sizeof *(list))

Test(yaml, an_unknown_key_is_named_with_its_line_and_the_nearest)
{
    const struct bad bad[] = {
        {HEAD "log_levl: 6\n",
         "ciid.yaml:3: unknown key 'log_levl' in ciid.yaml; did you mean "
         "'log_level'?"},
        {HEAD "limits:\n  queries: 8\n  conections: 9\n",
         "ciid.yaml:5: unknown key 'conections' in limits; did you mean "
         "'connections'?"},
        {HEAD "tls: {certificat: a}\n",
         "ciid.yaml:3: unknown key 'certificat' in tls; did you mean "
         "'certificate'?"},
        {HEAD "something-else-entirely: 6\n",
         "ciid.yaml:3: unknown key 'something-else-entirely' in ciid.yaml"},
        {HEAD "\"a\\nb\\u001b\": 6\n",
         "ciid.yaml:3: unknown key 'a?b?' in ciid.yaml"},
    };

    REFUSED(bad);
}

Test(yaml, a_missing_key_is_named_with_what_it_means)
{
    const struct bad bad[] = {
        {"name: ORP Sion\n",
         "ciid.yaml:1: ciid.yaml lacks 'institution': our own id: "
         "canton.kind or canton.kind.place"},
        {"institution: vs.orp\nname: ''\n", "ciid.yaml:2: name: it is empty"},
        {"institution: vs.orp\nname: '  '\n", "ciid.yaml:2: name: it is empty"},
    };

    REFUSED(bad);
}

Test(yaml, a_value_of_another_form_is_refused_with_the_right_one)
{
    const struct bad bad[] = {
        {HEAD "tls: file.pem\n", "ciid.yaml:3: tls: it wants keys with "
                                 "values"},
        {HEAD "subscriptions: all\n",
         "ciid.yaml:3: subscriptions: it wants a list, as in [a, b]"},
        {HEAD "profile: [pilot]\n", "ciid.yaml:3: profile: it wants one "
                                    "value"},
        {HEAD "subscriptions: ['']\n",
         "ciid.yaml:3: subscriptions: it is empty"},
        {"- a\n- b\n", "ciid.yaml:1: ciid.yaml: it wants keys with values"},
        {HEAD "profile: pilt\n", "ciid.yaml:3: profile: 'pilt' is not known; "
                                 "did you mean 'pilot'?"},
    };

    REFUSED(bad);
}

Test(yaml, a_number_is_decimal_and_within_its_range)
{
    const struct bad bad[] = {
        {HEAD "log_level: 8\n",
         "ciid.yaml:3: log_level: '8' is no number from 3 to 7"},
        {HEAD "log_level: -6\n",
         "ciid.yaml:3: log_level: '-6' is no number from 3 to 7"},
        {HEAD "log_level: 0x6\n",
         "ciid.yaml:3: log_level: '0x6' is no number from 3 to 7"},
        {HEAD "limits:\n  replay_days: 0\n",
         "ciid.yaml:4: replay_days: '0' is no number from 1 to 3650 days"},
        {HEAD "limits:\n  queries: 18446744073709551617\n",
         "ciid.yaml:4: queries: '18446744073709551617' is no number from 1 "
         "to 1000"},
        {HEAD "limits:\n  queries: 8 MiB\n",
         "ciid.yaml:4: queries: '8 MiB' is no number from 1 to 1000"},
    };

    REFUSED(bad);
}

Test(yaml, a_leading_zero_is_no_octal)
{
    struct config config = {0};
    const char *text = HEAD "limits: {queries: 010}\n";

    require_ok(
        yaml_parse(&config_shape, &config, "c", text, strlen(text), NULL));

    cr_expect(eq(u32, config.limits.queries, 10));
    yaml_release(&config_shape, &config);
}

Test(yaml, what_could_hide_something_is_refused)
{
    const struct bad bad[] = {
        {HEAD "name: again\n",
         "ciid.yaml:3: name: it stands twice in ciid.yaml"},
        {HEAD "listen: &a b:1\n",
         "ciid.yaml:3: anchors and aliases are not taken; write the value "
         "out, or quote it"},
        {HEAD "listen: *a\n",
         "ciid.yaml:3: anchors and aliases are not taken; write the value "
         "out, or quote it"},
        {HEAD "---\nname: b\n",
         "ciid.yaml:3: a second document; only one may stand in a file"},
        {"institution: \"vs.orp\\0x\"\nname: b\n",
         "ciid.yaml:1: the value holds a zero byte"},
        {"", "ciid.yaml:1: the file is empty"},
        {"# only a comment\n", "ciid.yaml:1: the file is empty"},
        {"? [a]\n: b\n",
         "ciid.yaml:1: a list or mapping stands where a key should"},
    };

    REFUSED(bad);
}

Test(yaml, bad_syntax_is_named_with_its_line)
{
    const struct bad bad[] = {
        {HEAD "\tlisten: a\n",
         "ciid.yaml:3: found a tab character that violates indentation"},
        {HEAD "tls: {key: a\n",
         "ciid.yaml:4: did not find expected ',' or '}'"},
        {HEAD "listen: \xff\n", "ciid.yaml:3: invalid leading UTF-8 octet"},
    };

    REFUSED(bad);
}

Test(yaml, a_text_or_list_past_its_end_is_refused)
{
    char text[8192];
    size_t size =
        (size_t)snprintf(text, sizeof text, HEAD "listen: %0201d\n", 0);

    expect_refused(text, size, "ciid.yaml:3: listen: more than 200 bytes");

    size = (size_t)snprintf(text, sizeof text, HEAD "subscriptions:\n");
    for (int i = 0; i < 513; i++)
        size += (size_t)snprintf(text + size, sizeof text - size, "- t%d\n", i);
    expect_refused(text, size,
                   "ciid.yaml:516: subscriptions: more than 512 entries");
}

Test(yaml, more_than_a_mebibyte_is_refused)
{
    char *text = malloc(YAML_FILE_MAX + 1);

    memset(text, '#', YAML_FILE_MAX + 1);

    expect_refused(text, YAML_FILE_MAX + 1,
                   "ciid.yaml: larger than 1048576 bytes");
    free(text);
}

/* libyaml alone would take hours for this mebibyte. */
Test(yaml, deep_nesting_is_refused)
{
    char *text = malloc(YAML_FILE_MAX);

    memset(text, '[', YAML_FILE_MAX);

    expect_refused(text, YAML_FILE_MAX, "ciid.yaml:1: nested too deeply");
    free(text);
}

Test(yaml, null_and_nothing_are_the_default)
{
    struct config config = {0};
    const char *text = HEAD "listen: ~\nstate_dir:\nlimits:\ntls: null\n"
                            "subscriptions:\nprofile: ''\n";

    require_ok(
        yaml_parse(&config_shape, &config, "c", text, strlen(text), NULL));

    cr_expect(config.listen == NULL);
    expect_text(config.state_dir, "/var/lib/ciid");
    cr_expect(eq(u32, config.limits.queries, 8));
    expect_text(config.tls.key, "tls/key.pem");
    cr_expect(config.subscriptions && !config.subscriptions[0]);
    yaml_release(&config_shape, &config);
}

Test(yaml, a_list_entry_that_fails_leaves_no_leak)
{
    struct {
        void *array;
        size_t count;
    } types = {0};
    struct cii_error err = {0};
    const char *text = "types:\n- {name: a, meaning: b}\n- {nam: b}\n";

    expect_code(yaml_parse(&types_shape, &types, "t", text, strlen(text), &err),
                CONFIG);
    expect_text(err.text,
                "t:3: unknown key 'nam' in types; did you mean 'name'?");
}

Test(yaml, a_truth_value_is_true_or_false)
{
    struct partner_config partner = {0};
    struct cii_error err = {0};
    const char *text =
        "id: ge.oai\nname: b\nsuspended: flase\nsigning_key: [ed25519:"
        "00000000000000000000000000000000000000000000000000000000000000aa]";

    expect_code(yaml_parse(&partner_shape, &partner, "p", text, strlen(text),
                           &err),
                CONFIG);
    expect_text(err.text, "p:3: suspended: 'flase' is neither true nor false");
}
