/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/config.h"
#include "tests/unit/conf/files.h"

#define KEY(digit) \
    "ed25519:"     \
    "00000000000000000000000000000000000000000000000000000000000000a" digit

static char institution[] = "vs.orp.sion";
static char partners_path[] = "partners";
static const struct config config = {.institution = institution,
                                     .partners = partners_path};

static void
write_partner(const char *file, const char *id, const char *key)
{
    char text[512];

    snprintf(text, sizeof text,
             "id: %s\nname: Some Office\nsigning_key: [%s]\n", id, key);
    write_file(file, text);
}

static void
expect_refused(const char *sentence)
{
    struct partner_list *partners = NULL;
    struct cii_error err = {0};

    expect_code(partners_load(&partners, &config, &err), CONFIG);
    cr_expect(strstr(err.text, sentence) != NULL, "%s", err.text);
    cr_expect(partners == NULL);
}

Test(partners, are_found_by_id_in_ascending_order)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(partners_destroy) struct partner_list *partners = NULL;

    make_folder("partners");
    write_partner("partners/ge.as.hg.yaml", "ge.as.hg", KEY("1"));
    write_partner("partners/ge.as.yaml", "ge.as", KEY("2"));
    write_partner("partners/ge.oai.yaml", "ge.oai", KEY("3"));
    require_ok(partners_load(&partners, &config, NULL));

    cr_assert(eq(sz, partners->count, 3));
    expect_text(partners->partner[0].id, "ge.as");
    expect_text(partner_find(partners, "ge.oai")->signing_key[0], KEY("3"));
    cr_expect(partner_find(partners, "ge.oai")->signing_key[1] == NULL);
    cr_expect(partner_find(partners, "ge.oai")->address == NULL);
    cr_expect(partner_find(partners, "ge.orp") == NULL);
}

Test(partners, may_be_none)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(partners_destroy) struct partner_list *partners = NULL;

    make_folder("partners");
    require_ok(partners_load(&partners, &config, NULL));

    cr_expect(eq(sz, partners->count, 0));
    cr_expect(partner_find(partners, "ge.oai") == NULL);
}

Test(partners, folder_must_be_there)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    expect_refused("cannot read the folder partners");
}

Test(partners, file_is_named_after_its_partner)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("partners");
    write_partner("partners/ge.oai2.yaml", "ge.oai", KEY("1"));

    expect_refused("the file of partner ge.oai must be named ge.oai.yaml");
}

Test(partners, are_others_than_ourselves)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("partners");
    write_partner("partners/vs.orp.sion.yaml", "vs.orp.sion", KEY("1"));

    expect_refused("vs.orp.sion is our own institution");
}

Test(partners, never_share_a_signing_key)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("partners");
    write_partner("partners/ge.as.yaml", "ge.as", KEY("1"));
    write_partner("partners/ge.oai.yaml", "ge.oai", KEY("1"));

    expect_refused("ge.oai and ge.as have the same signing_key");
}

Test(partners, sign_with_keys_of_one_form)
{
    cii_auto(folder_done) struct folder folder = folder_new();

    make_folder("partners");
    write_partner("partners/ge.oai.yaml", "ge.oai", KEY("G"));
    expect_refused("signing_key: wants \"ed25519:\" and 64 hex digits");
    write_partner("partners/ge.oai.yaml", "ge.oai", KEY(""));
    expect_refused("signing_key: wants \"ed25519:\" and 64 hex digits");
    write_partner("partners/ge.oai.yaml", "ge.oai", "");
    expect_refused("signing_key: it needs one entry at least");
}
