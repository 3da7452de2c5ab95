/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "client/client.h"
#include "client/tool/line.h"
#include "tests/support/expect.h"

static const struct line_defaults none;

static struct line line;
static struct cii_error err;

static enum cii_code
read_text(const char *text)
{
    return line_read(&line, text, strlen(text), &none, &err);
}

/* What is wrong, by which field it is named, and what the remedy holds. */
struct wrong {
    const char *text;
    const char *code;
    const char *field;
    const char *remedy;
};

#define EVENT(rest) "{\"type\":\"mesure\",\"on\":\"2026-12-31\"" rest "}"

static const struct wrong wrongs[] = {
    {"", "MALFORMED", "", "not JSON"},
    {"[]", "MALFORMED", "", "one JSON object"},
    {"{\"type\":", "MALFORMED", "", "not JSON at character"},
    {EVENT("} {"), "MALFORMED", "", "not JSON"},
    {EVENT(",\"on\":\"2026-12-30\""), "MALFORMED", "on", "twice"},
    {EVENT(",\"facets\":{\"identity\":{\"avs\":\"1\",\"avs\":\"2\"}}"),
     "MALFORMED", "avs", "twice"},
    {"{\"on\":\"2026-12-31\"}", "INVALID", "type", "needs \"type\""},
    {"{\"type\":\"mesure\"}", "INVALID", "on", "needs \"on\""},
    {"{\"type\":7,\"on\":\"2026-12-31\"}", "INVALID", "type", "in quotes"},
    {"{\"type\":\"mesure\",\"on\":\"2026-02-30\"}", "INVALID", "on",
     "2026-02-30"},
    {"{\"type\":\"mesure\",\"on\":\"31.12.2026\"}", "INVALID", "on", "on:"},
    {EVENT(",\"occurred_on\":\"2026-12-31\""), "INVALID", "occurred_on",
     "the same"},
    {EVENT(",\"facet\":{}"), "INVALID", "facet", "\"facets\""},
    {EVENT(",\"unheard\":1"), "INVALID", "unheard", "unknown key"},
    {EVENT(",\"id\":\"12\""), "INVALID", "id", "UUID"},
    {EVENT(",\"test\":\"yes\""), "INVALID", "test", "true or false"},
    {EVENT(",\"to\":[\"geneva\"]"), "INVALID", "to", "canton"},
    {EVENT(",\"to\":{}"), "INVALID", "to", "list"},
    {EVENT(",\"case\":null"), "INVALID", "case", "in quotes"},
    {EVENT(",\"reliability\":\"sure\""), "INVALID", "reliability", "declared"},
    {EVENT(",\"facets\":[]"), "INVALID", "facets", "braces"},
    {EVENT(",\"facets\":{\"dates\":\"x\"}"), "INVALID", "dates", "braces"},
    {EVENT(",\"facets\":{\"dates\":{}}"), "INVALID", "dates", "no field"},
    {EVENT(",\"facets\":{\"dates\":{\"endsOn\":null}}"), "INVALID",
     "dates.endsOn", "null"},
    {EVENT(",\"facets\":{\"dates\":{\"endsOn\":{}}}"), "INVALID",
     "dates.endsOn", "nested"},
    {EVENT(",\"facets\":{\"dates\":{\"endsOn\":\"\"}}"), "INVALID",
     "dates.endsOn", "empty"},
    {EVENT(",\"facets\":{\"dates\":{\"endsOn\":\"a\\u0000b\"}}"), "INVALID",
     "dates.endsOn", "NUL"},
    {EVENT(",\"facets\":{\"dates\":{\"endsOn\":\"a\\u001bb\"}}"), "INVALID",
     "dates.endsOn", "control"},
    {EVENT(",\"facets\":{\"plan\":{\"codes\":[\"a b\"]}}"), "INVALID",
     "plan.codes", "without spaces"},
    {EVENT(",\"facets\":{\"plan\":{\"codes\":[null]}}"), "INVALID",
     "plan.codes", "in quotes"},
    {"{\"dossier\":\"shut\"}", "INVALID", "dossier", "open, close"},
    {"{\"dossier\":\"open\"}", "INVALID", "identity", "whose"},
    {"{\"dossier\":\"open\",\"concernd\":[]}", "INVALID", "concernd",
     "\"concerned\""},
};

Test(line, says_which_field_is_wrong_and_what_would_be_right)
{
    for (size_t i = 0; i < sizeof wrongs / sizeof wrongs[0]; i++) {
        const char *code = cii_code_name(read_text(wrongs[i].text));
        cr_expect(strcmp(code, wrongs[i].code) == 0, "%s: %s", wrongs[i].text,
                  code);
        cr_expect(strcmp(line.field, wrongs[i].field) == 0, "%s: field '%s'",
                  wrongs[i].text, line.field);
        cr_expect(strstr(err.text, wrongs[i].remedy) != NULL, "%s: %s",
                  wrongs[i].text, err.text);
        line_done(&line);
    }
}

Test(line, repeats_no_value_when_it_is_not_json)
{
    expect_code(read_text("{\"type\" 7569217076985}"), MALFORMED);

    cr_expect(strstr(err.text, "7569217076985") == NULL, "%s", err.text);
    line_done(&line);
}

static const char *
field_of(const char *facet, const char *name)
{
    const struct draft *draft = &line.event->draft;

    for (size_t i = 0; i < draft->facet_count; i++)
        if (!strcmp(draft->facet[i].kind, facet))
            return content_find(&draft->facet[i].content, name);
    return NULL;
}

Test(line, becomes_an_event)
{
    require_ok(read_text(
        EVENT(",\"id\":\"0192d8a4-7c00-7000-8000-000000000001\","
              "\"case\":\"GE-1\",\"to\":[\"ge.oai\",\"ge.as.hg\"],"
              "\"test\":true,\"as_of\":\"2026-12-01\","
              "\"reliability\":\"verified\",\"facets\":{\"identity\":"
              "{\"avs\":\"756.1234.5678.97\",\"officialName\":\"Müller\"},"
              "\"entitlement\":{\"rate\":85,\"half\":0.5,\"full\":true,"
              "\"codes\":[\"a\",\"b\"]}}")));

    cr_expect(line.has_id);
    cr_expect(line.event->draft.test);
    cr_expect(eq(sz, line.event->draft.to_count, 2));
    expect_text(line.event->draft.case_ref, "GE-1");
    expect_text(field_of("identity", "officialName"), "Müller");
    expect_text(field_of("entitlement", "rate"), "85");
    expect_text(field_of("entitlement", "half"), "0.5");
    expect_text(field_of("entitlement", "full"), "yes");
    expect_text(field_of("entitlement", "codes"), "a b");
    line_done(&line);
}

Test(line, takes_what_the_command_line_says_for_all)
{
    const struct line_defaults all = {.test = true, .dry_run = true};
    const char *text = EVENT(",\"test\":false");

    require_ok(line_read(&line, text, strlen(text), &all, &err));

    cr_expect(line.event->draft.test);
    cr_expect(line.event->draft.dry_run);
    line_done(&line);
}

Test(line, may_speak_of_a_dossier)
{
    require_ok(read_text("{\"dossier\":\"open\",\"case\":\"GE-1\","
                         "\"concerned\":[\"ge.oai\",\"ge.as.hg\"],"
                         "\"commune\":6621,"
                         "\"identity\":{\"localPersonId\":17,"
                         "\"localPersonIdCategory\":\"ge.orp\"}}"));

    expect_text(line.verb, "dossier-open");
    cr_assert(eq(sz, line.question->count, 5));
    expect_text(line.question->argument[1].value, "6621");
    expect_text(line.question->argument[2].value, "ge.oai ge.as.hg");
    expect_text(line.question->argument[3].name, "localPersonId");
    expect_text(line.question->argument[3].value, "17");
    line_done(&line);
}

Test(line, cannot_try_out_a_dossier)
{
    const struct line_defaults dry = {.dry_run = true};
    const char *text = "{\"dossier\":\"close\",\"identity\":{\"avs\":\"1\"}}";

    expect_code(line_read(&line, text, strlen(text), &dry, &err), INVALID);
    line_done(&line);
}
