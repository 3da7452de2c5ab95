/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "conf/config.h"
#include "tests/unit/conf/files.h"

Test(competence, names_who_is_competent_for_a_commune)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(competence_destroy) struct competence *competence = NULL;
    write_file("c.yaml", "competence:\n"
                         "  - communes: [\"6621\", \"6608\"]\n"
                         "    offices: [ge.as.hg]\n"
                         "  - communes: [any]\n"
                         "    offices: [ge.oai]\n");

    require_ok(competence_load(&competence, "c.yaml", NULL));

    cr_expect(is_competent(competence, "ge.as.hg", "6621"));
    cr_expect(is_competent(competence, "ge.as.hg", "6622") == false);
    cr_expect(is_competent(competence, "ge.as.hg", "") == false);
    cr_expect(is_competent(competence, "ge.oai", ""));
    cr_expect(is_competent(competence, "ge.oai", "6621"));
    cr_expect(competence_asks_commune(competence));
}

Test(competence, of_no_file_names_nobody)
{
    cii_auto(competence_destroy) struct competence *competence = NULL;

    require_ok(competence_load(&competence, NULL, NULL));

    cr_expect(is_competent(competence, "ge.oai", "6621") == false);
    cr_expect(competence_asks_commune(competence) == false);
}

Test(competence, refuses_what_is_no_commune_with_its_line)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    struct competence *competence = NULL;
    struct cii_error err = {0};
    write_file("c.yaml", "competence:\n"
                         "  - communes: [Onex]\n"
                         "    offices: [ge.as.hg]\n");

    expect_code(competence_load(&competence, "c.yaml", &err), CONFIG);
    cr_expect(strstr(err.text, "c.yaml:2: ") != NULL, "%s", err.text);
    cr_expect(strstr(err.text, "Onex") != NULL, "%s", err.text);
}
