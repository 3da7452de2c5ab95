/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>

#include "store/store_private.h"

/*
 * Who holds what we told. A void says that a place was sent without its event,
 * not which place: beside a second one it proves nothing, and whoever may hold
 * the event counts as a holder.
 */
enum cii_code
store_delivery_each(struct store *store, int64_t event, store_holder_seen *seen,
                    void *context, struct cii_error *err)
{
    static const struct query query = {
        QUERY_HOLDERS,
        "SELECT i.id FROM delivery d JOIN out_stream s ON s.number = d.stream"
        " JOIN institution i ON i.number = s.partner WHERE d.event = ?1"
        " GROUP BY s.partner HAVING count(*) > 1"
        " OR NOT EXISTS (SELECT 1 FROM receipt r WHERE r.event = ?1"
        " AND r.partner = s.partner AND r.state = 'void') ORDER BY i.id"};
    sqlite3_stmt *stmt = NULL;
    bool more = true;

    CII_TRY(query_start(store, &query, &stmt, err));
    bind_number(stmt, 1, event);
    for (;;) {
        CII_TRY(query_step(store, stmt, &more, err));
        if (!more)
            return CII_OK;
        seen(context, column_text(stmt, 0));
    }
}
