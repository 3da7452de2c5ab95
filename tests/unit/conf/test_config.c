/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "conf/config.h"
#include "tests/unit/conf/files.h"

#define HEAD "institution: vs.orp.sion\nname: ORP Sion\n"

/* Loads HEAD and the given lines, which must fail with this sentence. */
static void
expect_refused(const char *lines, const char *sentence)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    struct config *config = NULL;
    struct cii_error err = {0};
    char text[512];

    snprintf(text, sizeof text, "%s%s", HEAD, lines);
    write_file("ciid.yaml", text);

    expect_code(config_load(&config, "ciid.yaml", &err), CONFIG);
    cr_expect(strstr(err.text, sentence) != NULL, "%s", err.text);
    cr_expect(config == NULL);
}

Test(config, the_shortest_file_gives_every_default)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(config_destroy) struct config *config = NULL;
    char path[128];

    write_file("ciid.yaml", HEAD);
    require_ok(config_load(&config, "ciid.yaml", NULL));

    expect_text(config->institution, "vs.orp.sion");
    cr_expect(eq(int, (int)config->profile, PROFILE_PRODUCTION));
    cr_expect(eq(u32, config->log_level, 6));
    cr_expect(eq(u32, config->limits.connections, 4096));
    cr_expect(eq(u64, config->limits.untaken_bytes, 8388608));
    cr_expect(eq(u64, config->limits.window_bytes, 4194304));
    cr_expect(config->listen == NULL);
    cr_expect(config->tls.revocation == NULL);
    snprintf(path, sizeof path, "%s/keys/signing.pem", folder.path);
    expect_text(config->signing_key, path);
}

Test(config, a_relative_path_stands_beside_the_file)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(config_destroy) struct config *config = NULL;
    char path[128];

    make_folder("etc");
    write_file("etc/ciid.yaml", HEAD "rules: law\nfacets: /f.yaml\n");
    require_ok(config_load(&config, "etc/ciid.yaml", NULL));

    snprintf(path, sizeof path, "%s/etc/law", folder.path);
    expect_text(config->rules, path);
    expect_text(config->facets, "/f.yaml");
}

Test(config, what_the_file_says_is_what_stands_in_the_struct)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(config_destroy) struct config *config = NULL;

    write_file("ciid.yaml",
               HEAD "profile: pilot\nlisten: \"[::1]:7443\"\n"
                    "subscriptions: [fin-de-droits, demande-ai]\n"
                    "tls: {revocation: /r.pem}\n"
                    "limits: {window_bytes: 393216, queries: 1}\n");
    require_ok(config_load(&config, "ciid.yaml", NULL));

    cr_expect(eq(int, (int)config->profile, PROFILE_PILOT));
    expect_text(config->listen, "[::1]:7443");
    expect_text(config->subscriptions[1], "demande-ai");
    cr_expect(config->subscriptions[2] == NULL);
    expect_text(config->tls.revocation, "/r.pem");
    cr_expect(eq(u64, config->limits.window_bytes, 393216));
    cr_expect(eq(u32, config->limits.queries, 1));
}

Test(config, an_address_is_host_and_port)
{
    expect_refused("listen: 7443\n", "wants host:port, as in");
    expect_refused("listen: ':7443'\n", "wants host:port, as in");
    expect_refused("listen: 'a:0'\n", "a port from 1 to 65535");
    expect_refused("listen: 'a:65536'\n", "a port from 1 to 65535");
    expect_refused("listen: 'a:7443x'\n", "a port from 1 to 65535");
    expect_refused("listen: '::1:7443'\n", "wants host:port");
    expect_refused("listen: '2001:db8::1:7443'\n", "stands in brackets");
    expect_refused("listen: '[::g]:7443'\n", "neither a name nor an address");
    expect_refused("listen: 'a/b:7443'\n", "neither a name nor an address");
}

Test(config, a_run_dir_leaves_room_for_the_names_of_sockets)
{
    expect_refused("run_dir: /12345678901234567890123456789012345678901\n",
                   "ciid.yaml:3: run_dir: ");
    expect_refused("run_dir: /1234567890123456789012345678901234567890\n",
                   "more than 40 bytes");
}

Test(config, an_institution_is_checked_where_it_stands)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    struct config *config = NULL;
    struct cii_error err = {0};

    write_file("ciid.yaml", "name: a\ninstitution: vs.nobody\n");

    expect_code(config_load(&config, "ciid.yaml", &err), CONFIG);
    cr_expect(strstr(err.text, "ciid.yaml:2: institution: ") != NULL, "%s",
              err.text);
}

Test(config, a_missing_file_is_named)
{
    struct config *config = NULL;
    struct cii_error err = {0};

    expect_code(config_load(&config, "/nowhere/ciid.yaml", &err), CONFIG);
    expect_text(err.text, "/nowhere/ciid.yaml does not exist");
}
