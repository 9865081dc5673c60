/* The records of a data member, one after the other. */
#include "archive/reader.h"

enum err reader_each(const struct reader *r, const struct reader_place *at,
                     struct buf *text, reader_record *record, void *ctx,
                     struct error *e)
{
    const struct reader_member *m = reader_data(r, at->entity, at->ordinal);
    if (!m)
        return err_set(e, ERR_DATA, "a data member is not there");
    buf_clear(text);
    TRY(reader_read(r, m, text, e));
    for (size_t from = 0, end; from < text->n; from = end + 1) {
        const char *newline = memchr(text->p + from, '\n', text->n - from);
        end = newline ? (size_t)(newline - text->p) : text->n;
        enum reader_shadow shadow;
        TRY(reader_shadow(r, at->entity, at->ordinal, (uint32_t)from, &shadow, e));
        if (shadow == READER_STANDS || (shadow == READER_COPY && at->copies) ||
            (shadow == READER_LOSER && at->losers))
            TRY(record(ctx, str_n(text->p + from, end - from), e));
    }
    return ERR_OK;
}
