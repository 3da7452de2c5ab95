/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <sqlite3.h>

#include "tests/unit/store/support.h"

static char seen[512];

static const char *
path_of_file(void)
{
    static char path[128];

    snprintf(path, sizeof path, "%s/ciid.db", folder);
    return path;
}

static void
execute(const char *sql)
{
    sqlite3 *db = NULL;

    cr_assert(eq(int, sqlite3_open(path_of_file(), &db), SQLITE_OK));
    cr_assert(eq(int, sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK));
    cr_assert(eq(int, sqlite3_close(db), SQLITE_OK));
}

/* The file of schema 1 that version-1.sql tells. */
static void
make_first_version(void)
{
    static const char source[] =
        CII_SOURCE_DIR "/tests/unit/store/version-1.sql";
    cii_auto(buffer_done) struct buffer sql = {0};
    uint8_t piece[4096];

    make_folder();
    const int made = open(path_of_file(), O_CREAT | O_WRONLY, 0600);
    cr_assert(ge(int, made, 0));
    close(made);
    const int fd = open(source, O_RDONLY);
    cr_assert(ge(int, fd, 0));
    for (ssize_t got = 0; (got = read(fd, piece, sizeof piece)) > 0;)
        buffer_append(&sql, piece, (size_t)got);
    close(fd);
    execute(buffer_text(&sql));
}

/* Everything that CREATE has made in the file, in one text. */
static char *
read_schema(void)
{
    sqlite3 *db = NULL;
    sqlite3_stmt *stmt = NULL;

    cr_assert(eq(int, sqlite3_open(path_of_file(), &db), SQLITE_OK));
    cr_assert(
        eq(int,
           sqlite3_prepare_v2(db,
                              "SELECT group_concat(sql, char(10)) FROM"
                              " (SELECT sql FROM sqlite_schema ORDER BY name)",
                              -1, &stmt, NULL),
           SQLITE_OK));
    cr_assert(eq(int, sqlite3_step(stmt), SQLITE_ROW));
    char *schema = strdup((const char *)sqlite3_column_text(stmt, 0));
    sqlite3_finalize(stmt);
    sqlite3_close(db);
    cr_assert(schema != NULL);
    return schema;
}

static void
see_dossier(void *context, const struct dossier_row *row)
{
    const size_t used = strlen(seen);

    (void)context;
    snprintf(seen + used, sizeof seen - used, "%lld %lld %s %s [%s] %lld-%lld;",
             (long long)row->number, (long long)row->person, row->case_ref,
             row->counsellor, row->commune, (long long)row->opened_at,
             (long long)row->closed_at);
}

TestSuite(migration, .init = make_first_version, .fini = close_store);

Test(migration, keeps_the_dossiers_of_version_1)
{
    struct store_figures figures = {0};

    require_ok(store_open(&store, folder, &error));

    require_ok(store_figures(store, &figures, &error));
    cr_expect(eq(int, figures.schema, 2));
    cr_expect(eq(i64, figures.turn, 1));
    cr_expect(eq(i64, figures.events, 1));
    cr_expect(eq(i64, figures.persons, 2));
    require_ok(store_dossier_each(store, 0, 10, see_dossier, NULL, &error));
    expect_text(seen, "1 1 C u7 [] 10-20;2 1 D u7 [] 30-0;");
    expect_text(list(&(struct event_filter){.person = 1}), "1");
}

Test(migration, happens_once)
{
    struct dossier_row row = {0};

    require_ok(store_open(&store, folder, &error));
    require_ok(store_begin(store, &error));
    require_ok(store_dossier_change(store, 1, NULL, NULL, "6266", &error));
    require_ok(store_commit(store, &error));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));

    require_ok(store_dossier_get(store, 1, &row, &error));
    expect_text(row.commune, "6266");
}

Test(migration, leaves_the_file_as_a_new_one_would_be)
{
    require_ok(store_open(&store, folder, &error));
    store_close(&store);
    char *migrated = read_schema();
    remove_folder();
    make_folder();
    require_ok(store_open(&store, folder, &error));
    store_close(&store);
    char *made = read_schema();

    expect_text(migrated, made);
    free(migrated);
    free(made);
}

Test(migration, is_not_for_readers)
{
    struct store *reader = NULL;
    execute("PRAGMA journal_mode = WAL");

    expect_code(store_open_reader(&reader, folder, &error), CONFIG);

    cr_expect(reader == NULL);
}

Test(migration, never_goes_back)
{
    execute("PRAGMA user_version = 3");

    expect_code(store_open(&store, folder, &error), CONFIG);

    cr_expect(strstr(error.text, "install the newer ciid") != NULL);
}

Test(migration, that_fails_leaves_the_file_at_its_version)
{
    execute("CREATE TABLE task (name TEXT)"); /* in the way of step 2 */
    expect_code(store_open(&store, folder, &error), STORE);

    execute("DROP TABLE task");
    require_ok(store_open(&store, folder, &error));

    require_ok(store_dossier_each(store, 0, 10, see_dossier, NULL, &error));
    expect_text(seen, "1 1 C u7 [] 10-20;2 1 D u7 [] 30-0;");
}
