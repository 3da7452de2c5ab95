/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "tests/unit/legal/small_book.h"

/* --- what ends a statement ----------------------------------------------- */

Test(book, ends_a_statement_by_a_newer_one_of_its_line)
{
    struct book *book = new_book();

    say(book, ATTESTATION(1, "ge.as.hg", "2026-06-01"));
    say(book, ATTESTATION(2, "ge.as.hg", "2026-06-10"));

    expect_in_force(book, "2 ");
    book_destroy(&book);
}

Test(book, keeps_what_comes_late_behind_what_is_newer)
{
    struct book *book = new_book();

    say(book, ATTESTATION(1, "ge.as.hg", "2026-06-10"));
    say(book, ATTESTATION(2, "ge.as.hg", "2026-06-01"));

    expect_in_force(book, "1 ");
    book_destroy(&book);
}

Test(book, lets_nobody_else_take_the_place_of_a_statement)
{
    struct book *book = new_book();

    say(book, ATTESTATION(1, "ge.as.hg", "2026-06-01"));
    say(book, ATTESTATION(2, "ge.pc", "2026-06-10"));
    say(book, PLAIN("fin-attestation", 3, "ge.pc", "2026-06-11", 1));

    expect_in_force(book, "2 1 ");
    book_destroy(&book);
}

Test(book, ends_an_attestation_by_its_issuers_end)
{
    struct book *book = new_book();

    say(book, ATTESTATION(1, "ge.as.hg", "2026-06-01"));
    say(book, PLAIN("fin-attestation", 2, "ge.as.hg", "2026-06-11", 0));

    expect_in_force(book, "");
    book_destroy(&book);
}

Test(book, ends_what_is_named_whatever_day_the_end_speaks_of)
{
    struct book *book = new_book();

    say(book, ATTESTATION(1, "ge.as.hg", "2026-06-10"));
    say(book, PLAIN("fin-attestation", 2, "ge.as.hg", "2026-06-01", 1));

    expect_in_force(book, "");
    book_destroy(&book);
}

Test(book, lifts_a_veto_by_name_alone)
{
    struct book *book = new_book();

    say(book, PLAIN("veto", 1, US, "2026-06-01", 0));
    say(book, PLAIN("opposition", 2, US, "2026-06-01", 0));
    say(book, PLAIN("levee-opposition", 3, US, "2026-06-02", 0));
    expect_in_force(book, "2 1 ");

    say(book, PLAIN("levee-opposition", 4, US, "2026-06-02", 1));
    expect_in_force(book, "2 ");
    book_destroy(&book);
}

Test(book, ends_by_a_decision_what_anybody_stated_before)
{
    struct book *book = new_book();

    say(book, PLAIN("payeur-indetermine", 1, US, "2026-06-01", 0));
    say(book, PLAIN("decision-ai", 2, "ge.oai", "2026-06-10", 0));
    say(book, PLAIN("payeur-indetermine", 3, "ge.cch", "2026-06-05", 0));
    expect_in_force(book, "2 ");

    say(book, PLAIN("payeur-indetermine", 4, "ge.cch", "2026-06-20", 0));
    expect_in_force(book, "4 2 ");
    book_destroy(&book);
}

/* --- withdrawals --------------------------------------------------------- */

Test(book, ends_a_consent_by_its_withdrawal)
{
    struct book *book = new_book();

    say(book, CONSENT(1, "c-1"));
    say(book, CONSENT(2, "c-2"));
    say(book, WITHDRAWAL(3, "c-1"));

    expect_in_force(book, "3 2 ");
    book_destroy(&book);
}

Test(book, never_brings_a_withdrawn_consent_back)
{
    struct book *book = new_book();

    say(book, WITHDRAWAL(1, "c-1"));
    say(book, CONSENT(2, "c-1"));

    expect_in_force(book, "1 ");
    book_destroy(&book);
}

/* --- views --------------------------------------------------------------- */

Test(book, shows_a_sender_of_ours_only_what_it_was_told)
{
    struct cii_error err = {0};
    struct book *book = new_book();
    say(book, CONSENT(1, "c-1"));
    say(book, CONSENT(2, "c-2"));
    say(book, ATTESTATION(3, "ge.as.hg", "2026-06-01"));

    require_ok(book_tell(book, HIM, 2, "ge.as.hg", &err));

    expect_text(in_force(book, HIM, "ge.as.hg", true), "3 2 ");
    expect_text(in_force(book, HIM, "ge.cch", true), "3 ");
    expect_text(in_force(book, HIM, "ge.as.hg", false), "3 2 1 ");
    cr_expect(book_is_told(book, HIM, 2, "ge.as.hg"));
    cr_expect(book_is_told(book, HIM, 1, "ge.as.hg") == false);
    book_destroy(&book);
}

Test(book, shows_of_nobody_what_the_pair_has_stated)
{
    struct book *book = new_book();
    struct said ours = {.type = "reciprocite",
                        .by = US,
                        .on = "2026-06-01",
                        .event = 1,
                        .facet = "reciprocity",
                        .field = "grantedTo",
                        .value = "ge.as.hg"};
    struct said theirs = ours;
    theirs.by = "ge.as.hg";
    theirs.event = 2;
    theirs.value = US;

    say(book, ours);
    say(book, theirs);

    expect_in_force(book, "2 1 ");
    expect_text(in_force(book, HIM, "ge.cch", false), "");
    book_destroy(&book);
}

/* --- its size ------------------------------------------------------------ */

Test(book, takes_the_same_event_once)
{
    struct book *book = new_book();

    say(book, CONSENT(1, "c-1"));
    say(book, CONSENT(1, "c-1"));

    cr_expect(eq(sz, book_size(book), 1));
    book_destroy(&book);
}

Test(book, finds_each_of_thousands_of_persons)
{
    struct book *book = new_book();
    char want[16];

    for (int64_t person = 1; person <= 5000; person++) {
        struct said said = CONSENT(person, "c-1");
        said.person = person;
        say(book, said);
    }

    for (int64_t person = 1; person <= 5000; person += 617) {
        snprintf(want, sizeof want, "%d ", (int)person);
        expect_text(in_force(book, person, "ge.as.hg", false), want);
    }
    cr_expect(eq(sz, book_size(book), 5000));
    cr_expect(book_knows(book, 5001) == false);
    book_destroy(&book);
}

Test(book, says_the_same_when_it_is_made_again)
{
    struct book *book = new_book();

    for (int made = 0; made < 2; made++) {
        book_clear(book);
        expect_in_force(book, "");
        say(book, CONSENT(1, "c-1"));
        say(book, ATTESTATION(2, "ge.as.hg", "2026-06-01"));
        say(book, WITHDRAWAL(3, "c-1"));
        expect_in_force(book, "3 2 ");
    }
    cr_expect(eq(sz, book_size(book), 3));
    book_destroy(&book);
}
