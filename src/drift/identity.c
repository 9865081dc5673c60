#include "drift/identity_private.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "drift/order.h"

const char *identity_how(enum identity_how how)
{
    static const char *const names[] = {"natural", "content", "reference", "id",
                                        "guessed"};
    return names[how];
}

struct identity *identity_new(const struct drift_side *left,
                              const struct drift_side *right, size_t memory)
{
    struct identity *m = NEW(struct identity);
    m->sides[0] = *left;
    m->sides[1] = *right;
    m->most = memory / IDENT_COST;
    m->canon = canon_new();
    value_reader_init(&m->reader);
    return m;
}

void identity_free(struct identity *m)
{
    if (!m)
        return;
    for (size_t i = 0; i < m->n_kinds; i++)
        for (unsigned side = 0; side < 2; side++) {
            free(m->kinds[i].list[side]);
            table_done(&m->kinds[i].ids[side]);
        }
    free(m->kinds);
    table_done(&m->by_name);
    arena_done(&m->arena);
    arena_done(&m->record);
    canon_free(m->canon);
    value_reader_done(&m->reader);
    buf_done(&m->text);
    free(m);
}

const struct identity_counts *identity_counts(const struct identity *m)
{
    return &m->counts;
}

void identity_pair(struct identity *m, struct ident *left, struct ident *right,
                   enum identity_how how)
{
    left->mate = right;
    right->mate = left;
    left->how = right->how = how;
    left->ambiguous = right->ambiguous = false;
    m->counts.matched++;
    m->counts.reassigned += !str_eq(left->text, right->text);
    m->counts.guessed += how == IDENTITY_GUESSED;
}

/* ---- records */

struct walk {
    struct identity *match;
    struct kind *kind;
    unsigned side;
    identity_each *each;
    void *ctx;
};

static enum err walk_record(void *ctx, struct str json, struct error *e)
{
    const struct walk *w = ctx;
    struct identity *m = w->match;
    struct canon_record canonical;
    struct value v;
    arena_clear(&m->record);
    TRY(canon_record(m->canon, w->kind->entity[w->side], json, &canonical, e));
    TRY(value_read(&m->reader, canonical.text, &m->record, &v, e));
    return w->each(m, w->ctx, w->kind, w->side, &v, e);
}

enum err identity_walk(struct identity *m, struct kind *k, unsigned side,
                       identity_each *each, void *ctx, struct error *e)
{
    const struct reader *r = m->sides[side].reader;
    const struct reader_entity *en = reader_entity(r, k->name);
    struct walk w = {m, k, side, each, ctx};
    BUF_SCOPED text = BUF_INIT;
    for (uint32_t i = 0; en && i < en->members; i++) {
        const struct reader_place at = {.entity = k->name, .ordinal = i};
        TRY(reader_each(r, &at, &text, walk_record, &w, e));
    }
    return ERR_OK;
}

static enum err take_id(struct identity *m, void *ctx, struct kind *k, unsigned side,
                        const struct value *record, struct error *e)
{
    size_t *n = ctx;
    struct str id;
    if (!identity_text(value_member(record, identity_own(k->entity[side])), &id))
        return ERR_OK;
    if (++*n > m->most)
        return err_set(e, ERR_LIMIT,
                       "more ids than --memory has room for: raise it, or match by "
                       "--key");
    struct ident *i = ARENA_NEW(&m->arena, struct ident);
    i->text = arena_str(&m->arena, id);
    table_put(&k->ids[side], i->text, i);
    VEC_PUSH(k->list[side], k->n[side], k->cap[side]) = i;
    return ERR_OK;
}

/* ---- one round */

static bool is_left_out(const struct field *f, struct str own, struct str name)
{
    return str_eq(name, own) || (f && f->is_volatile);
}

/* What the record is matched by, as one text; false when it has none. */
static bool add_material(struct identity *m, const struct entity *entity, unsigned side,
                         const struct value *record, struct buf *out)
{
    const struct type *t = entity->type;
    struct str own = identity_own(entity);
    for (size_t i = 0; t && i < t->n_natural; i++) {
        const struct value *v = value_member(record, t->natural[i]->name);
        if (!v || v->kind == VALUE_NULL)
            return false;
        identity_add(m, side, v, t->natural[i], out);
        buf_add_char(out, 0);
    }
    if (t && t->n_natural)
        return true;
    for (size_t i = 0; i < record->n_items; i++) {
        const struct value *item = &record->items[i];
        const struct field *f = t ? schema_field(t, item->name) : NULL;
        if (is_left_out(f, own, item->name))
            continue;
        buf_add_str(out, item->name);
        buf_add_char(out, ':');
        identity_add(m, side, item, f, out);
        buf_add_char(out, 0);
    }
    return true;
}

static enum err take_hash(struct identity *m, void *ctx, struct kind *k, unsigned side,
                          const struct value *record, struct error *e)
{
    struct str id;
    (void)ctx;
    (void)e;
    if (!identity_text(value_member(record, identity_own(k->entity[side])), &id))
        return ERR_OK;
    struct ident *i = table_get(&k->ids[side], id);
    if (!i || i->mate)
        return ERR_OK;
    buf_clear(&m->text);
    i->has_hash = add_material(m, k->entity[side], side, record, &m->text);
    i->natural =
        i->has_hash && k->entity[side]->type && k->entity[side]->type->n_natural;
    uint8_t print[HASH_FINGERPRINT];
    hash_fingerprint(buf_str(&m->text), print);
    memcpy(&i->hash[0], print, 8);
    i->hash[1] = hash64(buf_str(&m->text));
    return ERR_OK;
}

struct candidate {
    struct ident *ident;
    unsigned side;
};

static int by_hash(const void *a, const void *b)
{
    const struct candidate *x = a, *y = b;
    for (unsigned i = 0; i < 2; i++)
        if (x->ident->hash[i] != y->ident->hash[i])
            return x->ident->hash[i] < y->ident->hash[i] ? -1 : 1;
    if (x->side != y->side)
        return x->side < y->side ? -1 : 1;
    return str_cmp(x->ident->text, y->ident->text);
}

static bool same_hash(const struct ident *a, const struct ident *b)
{
    return a->hash[0] == b->hash[0] && a->hash[1] == b->hash[1];
}

/* Records that agree: one on each side are a pair; among several those of one id. */
static void pair_group(struct identity *m, struct kind *k, struct candidate *group,
                       size_t n, enum identity_how how)
{
    size_t left = 0;
    while (left < n && group[left].side == 0)
        left++;
    if (left == 1 && n == 2) {
        identity_pair(m, group[0].ident, group[1].ident, how);
        return;
    }
    for (size_t i = 0; m->last && i < left && left < n; i++) {
        struct ident *other = table_get(&k->ids[1], group[i].ident->text);
        if (other && !other->mate && other->has_hash &&
            same_hash(group[i].ident, other))
            identity_pair(m, group[i].ident, other, how);
        else
            group[i].ident->ambiguous = true;
    }
}

static void pair_all(struct identity *m, struct kind *k)
{
    struct candidate *list = alloc_zero(k->n[0] + k->n[1] + 1, sizeof *list);
    size_t n = 0;
    for (unsigned side = 0; side < 2; side++)
        for (size_t i = 0; i < k->n[side]; i++)
            if (!k->list[side][i]->mate && k->list[side][i]->has_hash)
                list[n++] = (struct candidate){k->list[side][i], side};
    qsort(list, n, sizeof *list, by_hash);
    const struct type *t = k->entity[0] ? k->entity[0]->type : NULL;
    enum identity_how how = t && t->n_natural ? IDENTITY_NATURAL : IDENTITY_CONTENT;
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_hash(list[i].ident, list[end].ident);)
            end++;
        pair_group(m, k, list + i, end - i, how);
    }
    free(list);
}

static enum err match_kind(struct identity *m, struct kind *k, struct error *e)
{
    if (!k->n[0] || !k->n[1])
        return ERR_OK;
    for (unsigned side = 0; side < 2; side++)
        TRY(identity_walk(m, k, side, take_hash, NULL, e));
    pair_all(m, k);
    return ERR_OK;
}

/* ---- all of it */

static enum err list_kinds(struct identity *m, struct error *e)
{
    const struct reader *a = m->sides[0].reader, *b = m->sides[1].reader;
    size_t n = 0, most = reader_n_entities(a) + reader_n_entities(b);
    struct str *names = alloc_zero(most + 1, sizeof *names);
    for (size_t i = 0; i < reader_n_entities(a); i++)
        names[n++] = reader_entity_at(a, i)->name;
    for (size_t i = 0; i < reader_n_entities(b); i++)
        if (!reader_entity(a, reader_entity_at(b, i)->name))
            names[n++] = reader_entity_at(b, i)->name;
    order_entities(m->sides[0].schema, names, n);
    m->kinds = alloc_zero(n + 1, sizeof *m->kinds);
    enum err code = ERR_OK;
    for (size_t i = 0; i < n && code == ERR_OK; i++) {
        struct kind *k = &m->kinds[m->n_kinds++];
        k->name = names[i];
        table_put(&m->by_name, k->name, k);
        for (unsigned side = 0; side < 2 && code == ERR_OK; side++)
            code = schema_entity(m->sides[side].schema, k->name, &k->entity[side], e);
    }
    free(names);
    return code;
}

/* Did most records keep their ids? */
static bool ids_stayed(const struct identity *m)
{
    return m->counts.reassigned * 2 <= m->counts.matched;
}

static enum err match_rest(struct identity *m, struct kind *k, struct error *e)
{
    for (size_t i = 0; ids_stayed(m) && i < k->n[0]; i++) {
        struct ident *left = k->list[0][i];
        struct ident *right = table_get(&k->ids[1], left->text);
        if (!left->mate && right && !right->mate)
            identity_pair(m, left, right, IDENTITY_ID);
    }
    return ids_stayed(m) ? ERR_OK : identity_guess(m, k, e);
}

enum err identity_match(struct identity *m, struct error *e)
{
    size_t n = 0;
    TRY(list_kinds(m, e));
    for (size_t i = 0; i < m->n_kinds; i++)
        for (unsigned side = 0; side < 2; side++)
            if (identity_own(m->kinds[i].entity[side]).n)
                TRY(identity_walk(m, &m->kinds[i], side, take_id, &n, e));
    uint64_t before = UINT64_MAX;
    for (unsigned round = 0; round < IDENTITY_ROUNDS && m->counts.matched != before;
         round++) {
        before = m->counts.matched;
        for (size_t i = 0; i < m->n_kinds; i++)
            TRY(match_kind(m, &m->kinds[i], e));
        for (size_t i = 0; i < m->n_kinds; i++)
            TRY(identity_follow(m, &m->kinds[i], e));
    }
    m->last = true;
    for (size_t i = 0; i < m->n_kinds; i++) {
        TRY(match_kind(m, &m->kinds[i], e));
        TRY(match_rest(m, &m->kinds[i], e));
    }
    for (size_t i = 0; i < m->n_kinds; i++)
        TRY(identity_follow(m, &m->kinds[i], e));
    for (size_t i = 0; i < m->n_kinds; i++)
        for (size_t k = 0; k < m->kinds[i].n[0]; k++)
            m->counts.ambiguous += m->kinds[i].list[0][k]->ambiguous;
    return ERR_OK;
}

/* RFC 4180 §2: quotes around what needs them. */
static void add_cell(struct buf *out, struct str text)
{
    bool quoted = false;
    for (size_t i = 0; i < text.n; i++)
        quoted = quoted || strchr(",\"\r\n", text.p[i]);
    if (quoted)
        buf_add_char(out, '"');
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '"')
            buf_add_char(out, '"');
        buf_add_char(out, text.p[i]);
    }
    if (quoted)
        buf_add_char(out, '"');
}

void identity_csv(const struct identity *m, struct buf *out)
{
    buf_add_str(out, STR("entity,left,right,how\r\n"));
    for (size_t i = 0; i < m->n_kinds; i++) {
        const struct kind *k = &m->kinds[i];
        for (size_t n = 0; n < k->n[0]; n++) {
            const struct ident *left = k->list[0][n];
            if (!left->mate)
                continue;
            buf_add_str(out, k->name);
            buf_add_char(out, ',');
            add_cell(out, left->text);
            buf_add_char(out, ',');
            add_cell(out, left->mate->text);
            buf_add_char(out, ',');
            buf_add_str(out, str_of(identity_how(left->how)));
            buf_add_str(out, STR("\r\n"));
        }
    }
}
