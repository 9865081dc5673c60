#include "drift/tape.h"

void tape_init(struct tape *t, const char *temp)
{
    *t = (struct tape){.spool = spool_new(temp)};
}

void tape_done(struct tape *t)
{
    spool_free(t->spool);
    buf_done(&t->line);
}

/* 0: absent; else the length and one. */
static void add_text(struct buf *out, struct str s)
{
    buf_add_varint(out, s.p ? s.n + 1 : 0);
    buf_add_str(out, s);
}

enum err tape_take(void *ctx, const struct change *c, struct error *e)
{
    struct tape *t = ctx;
    const struct str texts[] = {c->entity, c->key,   c->bytes,    c->path,
                                c->left,   c->right, c->sensitive};
    uint64_t at;
    if (!change_is_drift(c->class, c->scrub))
        return ERR_OK;
    BUF_SCOPED row = BUF_INIT;
    buf_add_varint(&row, c->count);
    buf_add_u64(&row, c->print[0]);
    buf_add_u64(&row, c->print[1]);
    buf_clear(&t->line);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        add_text(&row, texts[i]);
    buf_add_varint(&t->line, row.n + 3);
    buf_add_char(&t->line, (char)c->class);
    buf_add_char(&t->line, (char)c->keyless);
    buf_add_char(&t->line, (char)c->fails);
    buf_add_str(&t->line, buf_str(&row));
    TRY(spool_add(t->spool, buf_str(&t->line), &at, e));
    t->end = at + t->line.n;
    return ERR_OK;
}

static struct str take_text(struct str row, size_t *pos, struct arena *a)
{
    uint64_t n;
    if (!str_varint(row, pos, &n) || !n)
        return str_n(NULL, 0);
    struct str s = arena_str(a, str_n(row.p + *pos, (size_t)n - 1));
    *pos += (size_t)n - 1;
    return s;
}

enum err tape_next(struct tape *t, struct arena *a, struct change *out, bool *out_more,
                   struct error *e)
{
    char head[10];
    size_t pos = 0,
           n = t->end - t->at < sizeof head ? (size_t)(t->end - t->at) : sizeof head;
    uint64_t size;
    *out_more = n > 0;
    if (!n)
        return ERR_OK;
    TRY(spool_read(t->spool, t->at, head, n, e));
    if (!str_varint(str_n(head, n), &pos, &size))
        return err_set(e, ERR_SOFTWARE, "a kept change is not readable");
    buf_clear(&t->line);
    TRY(spool_read(t->spool, t->at + pos, buf_room(&t->line, (size_t)size),
                   (size_t)size, e));
    t->at += pos + size;
    struct str row = str_n(t->line.p, (size_t)size);
    *out = (struct change){.class = (enum change_class)row.p[0],
                           .keyless = row.p[1] != 0,
                           .fails = row.p[2] != 0,
                           .count = 0};
    pos = 3;
    if (!str_varint(row, &pos, &out->count) || row.n - pos < 16)
        return err_set(e, ERR_SOFTWARE, "a kept change is not readable");
    for (unsigned side = 0; side < 2; side++, pos += 8)
        memcpy(&out->print[side], row.p + pos, 8);
    struct str *texts[] = {&out->entity, &out->key,   &out->bytes,    &out->path,
                           &out->left,   &out->right, &out->sensitive};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        *texts[i] = take_text(row, &pos, a);
    return ERR_OK;
}
