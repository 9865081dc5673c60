#include "cli/feed.h"

#include <stdlib.h>

#include "archive/verify.h"
#include "base/alloc.h"
#include "base/pool.h"
#include "cli/records.h"

struct feed {
    struct reader *reader;
    struct source_feed source;
    size_t next; /* member of the archive */
    struct buf text;
    size_t at; /* read of text */
};

/* Takes the records out that are shadowed. */
static void leave_out(struct feed *f, struct str entity, uint32_t ordinal)
{
    size_t to = 0;
    for (size_t at = 0, end; at < f->text.n; at = end) {
        const char *newline = memchr(f->text.p + at, '\n', f->text.n - at);
        end = newline ? (size_t)(newline - f->text.p) + 1 : f->text.n;
        if (reader_is_shadowed(f->reader, entity, ordinal, (uint32_t)at))
            continue;
        memmove(f->text.p + to, f->text.p + at, end - at);
        to += end - at;
    }
    f->text.n = to;
}

static enum err next_member(void *ctx, struct str *out_name, struct str *out_entity,
                            bool *out_more, struct error *e)
{
    struct feed *f = ctx;
    *out_more = false;
    while (f->next < reader_n_members(f->reader)) {
        const struct reader_member *m = reader_member_at(f->reader, f->next++);
        uint32_t ordinal;
        if (!records_member(m->name, out_entity, &ordinal))
            continue;
        *out_name = m->name;
        *out_more = true;
        buf_clear(&f->text);
        f->at = 0;
        TRY(reader_read(f->reader, m, &f->text, e));
        leave_out(f, *out_entity, ordinal);
        return ERR_OK;
    }
    return ERR_OK;
}

static enum err read_member(void *ctx, void *p, size_t n, size_t *out_n,
                            struct error *e)
{
    (void)e;
    struct feed *f = ctx;
    size_t rest = f->text.n - f->at;
    *out_n = n < rest ? n : rest;
    if (*out_n)
        memcpy(p, f->text.p + f->at, *out_n);
    f->at += *out_n;
    return ERR_OK;
}

enum err feed_open(const char *path, struct feed **out, struct error *e)
{
    struct feed *f = NEW(struct feed);
    enum err code = reader_open(path, &f->reader, e);
    if (code != ERR_OK) {
        free(f);
        return code;
    }
    f->source =
        (struct source_feed){.ctx = f, .next = next_member, .read = read_member};
    *out = f;
    return ERR_OK;
}

void feed_free(struct feed *f)
{
    if (!f)
        return;
    reader_free(f->reader);
    buf_done(&f->text);
    free(f);
}

const struct source_feed *feed_source(struct feed *f)
{
    return &f->source;
}

enum err feed_ledger(struct feed *f, struct ledger_past **out, struct error *e)
{
    const struct reader_member *m = reader_find(f->reader, STR("meta/ledger.json"));
    if (!m)
        return err_set(e, ERR_DATA, "meta/ledger.json is missing");
    BUF_SCOPED text = BUF_INIT;
    TRY(reader_read(f->reader, m, &text, e));
    return ledger_read(buf_str(&text), out, e);
}

void feed_seal(void *ctx, const uint8_t tags[SHA256_SIZE], uint8_t out[SHA256_SIZE])
{
    CLEANUP(mac_freep) struct mac *m = mac_new(ctx);
    mac_value(m, STR("sandcast-seal"), str_n((const char *)tags, SHA256_SIZE), out);
}

static bool is_equal(const uint8_t *a, const uint8_t *b)
{
    unsigned differ = 0; /* looks at every byte, so that time tells nothing */
    for (size_t i = 0; i < SHA256_SIZE; i++)
        differ |= (unsigned)(a[i] ^ b[i]);
    return differ == 0;
}

enum err feed_is_sealed(struct feed *f, const struct key *key, bool *out,
                        struct error *e)
{
    uint8_t tags[SHA256_SIZE], seal[SHA256_SIZE], want[SHA256_SIZE];
    *out = false;
    if (!reader_seal(f->reader, tags, seal))
        return ERR_OK;
    feed_seal((void *)key, tags, want);
    if (!is_equal(seal, want))
        return ERR_OK;
    CLEANUP(schema_freep) struct schema *schema = NULL;
    CLEANUP(verify_done) struct verify_result v = {0};
    TRY(records_schema(f->reader, &schema, e));
    TRY(verify_run(f->reader, schema, pool_cpus(), &v, e));
    if (v.state != VERIFY_UNSIGNED)
        return err_set(e, ERR_DATA, "the snapshot is %s (see sandcast verify)",
                       verify_state_name(v.state));
    *out = true;
    return ERR_OK;
}
