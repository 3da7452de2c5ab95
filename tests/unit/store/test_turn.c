/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "tests/unit/store/support.h"

TestSuite(turn, .init = open_store, .fini = close_store);

static int64_t
turn_number(void)
{
    struct store_figures figures = {0};

    require_ok(store_figures(store, &figures, &error));
    return figures.turn;
}

Test(turn, is_counted_when_it_is_committed)
{
    require_ok(store_begin(store, &error));
    require_ok(store_commit(store, &error));
    require_ok(store_begin(store, &error));
    store_rollback(store);

    cr_expect(eq(i64, turn_number(), 1));
}

Test(turn, leaves_nothing_when_it_is_rolled_back)
{
    struct event_row row = {0};
    struct out_stream out = {.stream = stream_of(1), .oldest = 1};

    require_ok(store_begin(store, &error));
    const int64_t number = add_event(event_of(1));
    require_ok(store_out_save(store, OAI, &out, &error));
    store_rollback(store);

    expect_code(store_event_get(store, number, &row, &error), UNKNOWN);
    require_ok(store_out_load(store, OAI, &out, &error));
    cr_expect(eq(u64, out.head, 0));
    cr_expect(eq(int, out.stream.bytes[0], 0));
}

Test(turn, makes_names_again_that_were_rolled_back)
{
    struct event_row row = {0};

    require_ok(store_begin(store, &error));
    add_event(arrived_of(1, ORP, OAI));
    store_rollback(store);
    require_ok(store_begin(store, &error));
    const int64_t number = add_event(arrived_of(2, OAI, ORP));
    require_ok(store_commit(store, &error));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));

    require_ok(store_event_get(store, number, &row, &error));
    expect_text(row.issuer, OAI);
    expect_text(row.discloser, ORP);
}

Test(turn, sees_its_own_writes)
{
    struct event_row row = {0};

    require_ok(store_begin(store, &error));
    const int64_t number = add_event(event_of(1));

    require_ok(store_event_get(store, number, &row, &error));
    expect_text(row.type, "inscription-orp");
    store_rollback(store);
}

Test(turn, is_dirty_once_something_was_written)
{
    cr_expect(eq(int, store_is_dirty(store), false));
    require_ok(store_begin(store, &error));
    cr_expect(eq(int, store_is_dirty(store), false));

    add_event(event_of(1));

    cr_expect(eq(int, store_is_dirty(store), true));
    store_rollback(store);
    cr_expect(eq(int, store_is_dirty(store), false));
}

Test(turn, goes_back_to_its_savepoint)
{
    require_ok(store_begin(store, &error));
    add_event(event_of(1));
    require_ok(store_savepoint(store, &error));
    add_event(arrived_of(2, "ge.oai", "ge.oai"));
    store_savepoint_undo(store);
    require_ok(store_savepoint(store, &error));
    add_event(arrived_of(3, "ge.as.hg", "ge.as.hg"));
    store_savepoint_keep(store);
    require_ok(store_commit(store, &error));

    expect_text(list(&(struct event_filter){0}), "1 2");
    expect_text(list(&(struct event_filter){.partner = "ge.oai"}), "");
    expect_text(list(&(struct event_filter){.partner = "ge.as.hg"}), "2");
}

Test(turn, is_clean_again_when_all_was_undone)
{
    require_ok(store_begin(store, &error));
    require_ok(store_savepoint(store, &error));
    add_event(event_of(1));
    store_savepoint_undo(store);

    cr_expect(eq(int, store_is_dirty(store), false));
    store_rollback(store);
}

Test(turn, forgets_where_a_stream_had_gone_when_it_goes_back)
{
    struct out_stream out = {.stream = stream_of(7), .oldest = 1, .head = 3};
    require_ok(store_begin(store, &error));
    require_ok(store_out_save(store, OAI, &out, &error));
    require_ok(store_commit(store, &error));

    require_ok(store_begin(store, &error));
    require_ok(store_savepoint(store, &error));
    out.head = 4;
    require_ok(store_out_save(store, OAI, &out, &error));
    store_savepoint_undo(store);
    require_ok(store_out_load(store, OAI, &out, &error));
    cr_expect(eq(u64, out.head, 3));

    out.head = 5;
    require_ok(store_out_save(store, OAI, &out, &error));
    store_rollback(store);
    require_ok(store_out_load(store, OAI, &out, &error));
    cr_expect(eq(u64, out.head, 3));
}

Test(turn, knows_no_event_that_was_undone)
{
    const struct verdict_row row = {.event = 1, .partner = OAI, .missing = ""};

    require_ok(store_begin(store, &error));
    require_ok(store_savepoint(store, &error));
    cr_expect(eq(i64, add_event(event_of(1)), 1));
    store_savepoint_undo(store);

    expect_code(store_verdict_add(store, &row, &error), UNKNOWN);
    store_rollback(store);
}

/* --- the log ------------------------------------------------------------- */

static int64_t
log_bytes(void)
{
    struct store_figures figures = {0};

    require_ok(store_figures(store, &figures, &error));
    return figures.log_bytes;
}

/* One turn with about so many bytes. */
static void
write_bytes(int seed, size_t size)
{
    static uint8_t bytes[256 * 1024];

    require_ok(store_begin(store, &error));
    for (size_t done = 0; done < size; done += sizeof bytes) {
        struct event_row row = event_of(seed++);
        row.sealed = (struct bytes){bytes, sizeof bytes};
        add_event(row);
    }
    require_ok(store_commit(store, &error));
}

Test(log, is_moved_into_the_file_when_it_has_grown, .init = open_store,
     .fini = close_store)
{
    struct store_figures figures = {0};

    write_bytes(0, 1024 * 1024);
    store_checkpoint(store);
    require_ok(store_figures(store, &figures, &error));
    cr_expect(lt(i64, figures.file_bytes, 1024 * 1024));

    write_bytes(100, 20 * 1024 * 1024);
    store_checkpoint(store);
    require_ok(store_figures(store, &figures, &error));
    cr_expect(gt(i64, figures.file_bytes, 20 * 1024 * 1024));
}

Test(log, does_not_grow_for_ever, .init = open_store, .fini = close_store)
{
    for (int i = 0; i < 8; i++) {
        write_bytes(i * 100, 18 * 1024 * 1024);
        store_checkpoint(store);
    }

    cr_expect(lt(i64, log_bytes(), 40 * 1024 * 1024));
}

Test(log, is_cut_once_a_reader_no_longer_holds_it, .init = open_store,
     .fini = close_store)
{
    struct store *reader = NULL;
    struct store_figures figures = {0};
    write_bytes(0, 1024);
    require_ok(store_open_reader(&reader, folder, &error));
    require_ok(store_read_begin(reader, &error));
    require_ok(store_figures(reader, &figures, &error));

    for (int i = 1; i <= 5; i++) {
        write_bytes(i * 100, 18 * 1024 * 1024);
        store_checkpoint(store);
    }
    cr_expect(gt(i64, log_bytes(), 80 * 1024 * 1024));
    store_close(&reader);
    write_bytes(600, 18 * 1024 * 1024);
    store_checkpoint(store);

    cr_expect(eq(i64, log_bytes(), 0));
}

/* --- a full disk --------------------------------------------------------- */

/* Writes until the store says that the disk is full; the turns that held. */
static int
fill_disk(void)
{
    static uint8_t bytes[8 * 1024];

    for (int i = 0; i < 4096; i++) {
        struct event_row row = event_of(i);
        row.sealed = (struct bytes){bytes, sizeof bytes};
        require_ok(store_begin(store, &error));
        enum cii_code code = store_event_add(store, &row, &error);
        if (code == CII_OK)
            code = store_commit(store, &error);
        else
            store_rollback(store);
        if (code != CII_OK) {
            expect_code(code, FULL);
            return i;
        }
    }
    cr_assert(false, "the disk never filled");
    return -1;
}

Test(full, is_said_and_work_goes_on_when_there_is_room, .init = open_store,
     .fini = close_store)
{
    /* A limit on the size of files stands in for the disk: EFBIG. */
    const struct rlimit small = {1024 * 1024, RLIM_INFINITY};
    const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(eq(int, setrlimit(RLIMIT_FSIZE, &small), 0));

    const int held = fill_disk();

    cr_expect(eq(i64, turn_number(), held));
    cr_assert(eq(int, setrlimit(RLIMIT_FSIZE, &none), 0));
    require_ok(store_begin(store, &error));
    add_event(event_of(5000));
    require_ok(store_commit(store, &error));
    cr_expect(eq(i64, turn_number(), held + 1));
    store_close(&store);
    require_ok(store_open(&store, folder, &error));
    cr_expect(eq(i64, turn_number(), held + 1));
}

/* A disk of 2 MiB over the folder, seen by this process only. */
static bool
mount_small_disk(void)
{
    return unshare(CLONE_NEWNS) == 0 &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", folder, "tmpfs", 0, "size=2m,mode=0700") == 0;
}

Test(full, of_a_real_disk_is_said_and_goes_away_with_a_file,
     .init = make_folder)
{
    char ballast[128];
    static const char bytes[512 * 1024] = {1};
    if (!mount_small_disk()) {
        remove_folder();
        cr_skip_test("SKIPPED: needs root and mount(2) for a small disk");
    }
    snprintf(ballast, sizeof ballast, "%s/ballast", folder);
    const int fd = open(ballast, O_CREAT | O_WRONLY, 0600);
    cr_assert(eq(i64, write(fd, bytes, sizeof bytes), sizeof bytes));
    close(fd);
    require_ok(store_open(&store, folder, &error));

    const int held = fill_disk();

    cr_expect(gt(int, held, 10));
    cr_expect(strstr(error.text, "make room") != NULL);
    cr_expect(eq(i64, turn_number(), held));
    cr_assert(eq(int, unlink(ballast), 0));
    require_ok(store_begin(store, &error));
    add_event(event_of(5000));
    require_ok(store_commit(store, &error));
    cr_expect(eq(i64, turn_number(), held + 1));
    store_close(&store);
    cr_expect(eq(int, umount(folder), 0));
    rmdir(folder);
}

Test(full, lets_nothing_of_the_turn_through_afterwards, .init = open_store,
     .fini = close_store)
{
    static uint8_t bytes[1024 * 1024];
    const struct rlimit small = {1024 * 1024, RLIM_INFINITY};
    const struct rlimit none = {RLIM_INFINITY, RLIM_INFINITY};
    enum cii_code code = CII_OK;
    signal(SIGXFSZ, SIG_IGN);
    cr_assert(eq(int, setrlimit(RLIMIT_FSIZE, &small), 0));
    require_ok(store_begin(store, &error));
    /* More than the cache holds: SQLite writes before the commit. */
    for (int i = 0; i < 64 && code == CII_OK; i++) {
        struct event_row row = event_of(i);
        row.sealed = (struct bytes){bytes, sizeof bytes};
        code = store_event_add(store, &row, &error);
    }
    expect_code(code, FULL);
    cr_assert(eq(int, setrlimit(RLIMIT_FSIZE, &none), 0));

    struct event_row late = event_of(99);
    expect_code(store_event_add(store, &late, &error), FULL);
    expect_code(store_commit(store, &error), FULL);

    expect_text(list(&(struct event_filter){0}), "");
    require_ok(store_begin(store, &error));
    add_event(event_of(1));
    require_ok(store_commit(store, &error));
    expect_text(list(&(struct event_filter){0}), "1");
}
