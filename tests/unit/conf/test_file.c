/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/config.h"
#include "conf/file.h"
#include "tests/unit/conf/files.h"

Test(file, is_read_whole_and_terminated)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    char *data = NULL;
    size_t size = 0;

    write_file("a", "twelve bytes");
    require_ok(file_read("a", 12, false, &data, &size, NULL));

    cr_expect(eq(sz, size, 12));
    expect_text(data, "twelve bytes");
    free(data);
}

Test(file, that_is_too_large_is_refused)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    char *data = NULL;
    size_t size = 0;
    struct cii_error err = {0};

    write_file("a", "twelve bytes");

    expect_code(file_read("a", 11, false, &data, &size, &err), CONFIG);
    expect_text(err.text, "a is larger than 11 bytes");
    cr_expect(data == NULL);
}

/* A file of /proc says that it holds nothing, and holds more. */
Test(file, that_lies_about_its_size_is_refused_all_the_same)
{
    char *data = NULL;
    size_t size = 0;

    expect_code(file_read("/proc/self/status", 10, false, &data, &size, NULL),
                CONFIG);
}

Test(file, secret_must_be_closed_to_others)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    char *data = NULL;
    size_t size = 0;
    struct cii_error err = {0};

    write_file("key", "secret");
    cr_assert(chmod("key", 0640) == 0);

    expect_code(file_read("key", 64, true, &data, &size, &err), CONFIG);
    expect_text(err.text, "key is open to others than its owner (mode "
                          "0640); run: chmod 0600 key");
    cr_assert(chmod("key", 0600) == 0);
    require_ok(file_read("key", 64, true, &data, &size, &err));
    free(data);
}

Test(file, must_be_a_regular_file_and_a_pipe_does_not_hold_us_up)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    char *data = NULL;
    size_t size = 0;

    make_folder("d");
    cr_assert(mkfifo("pipe", 0600) == 0);

    expect_code(file_read("d", 64, false, &data, &size, NULL), CONFIG);
    expect_code(file_read("pipe", 64, false, &data, &size, NULL), CONFIG);
}

Test(file, list_goes_below_in_the_order_of_names)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(file_list_done) struct file_list list = {0};

    make_folder("r");
    make_folder("r/m");
    write_file("r/z.yaml", "");
    write_file("r/B.yaml", "");
    write_file("r/m/a.yaml", "");
    write_file("r/README.md", "");
    write_file("r/.hidden.yaml", "");
    require_ok(file_list_load(&list, "r", true, NULL));

    cr_assert(eq(sz, list.count, 3));
    expect_text(list.path[0], "r/B.yaml");
    expect_text(list.path[1], "r/m/a.yaml");
    expect_text(list.path[2], "r/z.yaml");
}

Test(file, list_refuses_a_name_that_would_be_passed_over)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    struct file_list list = {0};
    struct cii_error err = {0};

    make_folder("r");
    write_file("r/a.yml", "");

    expect_code(file_list_load(&list, "r", true, &err), CONFIG);
    expect_text(err.text, "r/a.yml would never be read; name it *.yaml");
}

Test(file, list_ends_where_links_go_round)
{
    cii_auto(folder_done) struct folder folder = folder_new();
    cii_auto(file_list_done) struct file_list list = {0};
    struct cii_error err = {0};

    make_folder("r");
    cr_assert(symlink(".", "r/again") == 0);

    expect_code(file_list_load(&list, "r", true, &err), CONFIG);
    cr_expect(strstr(err.text, "more than 8 folders deep") != NULL, "%s",
              err.text);
}
