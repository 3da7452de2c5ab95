/* SPDX-License-Identifier: Apache-2.0 */
#include "proto/bytes.h"
#include "tests/unit/legal/small_book.h"

/* One facet with one field, packed as it comes from the wire. */
static enum cii_code
open_with(const char *type, const char *kind, const char *name,
          const char *value, struct arena *arena, struct case_file *file,
          struct cii_error *err)
{
    static struct header header;
    static struct buffer buffer;
    const struct field field = {.name = name, .value = value};
    const struct content content = {.field_count = 1, .field = &field};

    buffer_done(&buffer);
    require_ok(content_pack(&content, &buffer));
    const struct facet facet = {.kind = kind, .content = buffer_view(&buffer)};
    header = (struct header){.event_type = type, .case_ref = ""};
    return case_open(shipped_catalogue(), &header, &facet, 1, arena, file, err);
}

Test(case_file, finds_a_field_by_its_names)
{
    struct cii_error err = {0};
    struct arena *arena = NULL;
    struct case_file file;
    require_ok(arena_new(&arena, 65536, &err));

    require_ok(open_with("inscription-orp", "dates", "from", "2026-06-01",
                         arena, &file, &err));

    expect_text(case_value(shipped_catalogue(), &file, "dates", "from"),
                "2026-06-01");
    cr_expect(case_value(shipped_catalogue(), &file, "dates", "until") == NULL);
    cr_expect(case_value(shipped_catalogue(), &file, "plan", "goal") == NULL);
    arena_destroy(&arena);
}

Test(case_file, refuses_what_is_not_in_the_catalogue)
{
    struct cii_error err = {0};
    struct arena *arena = NULL;
    struct case_file file;
    require_ok(arena_new(&arena, 65536, &err));

    expect_code(open_with("no-such-type", "dates", "from", "2026-06-01", arena,
                          &file, &err),
                INVALID);
    expect_code(open_with("inscription-orp", "diagnosis", "content", "x", arena,
                          &file, &err),
                INVALID);
    expect_code(open_with("inscription-orp", "dates", "note", "x", arena, &file,
                          &err),
                INVALID);
    expect_code(open_with("inscription-orp", "dates", "from", "soon", arena,
                          &file, &err),
                INVALID);
    arena_destroy(&arena);
}
