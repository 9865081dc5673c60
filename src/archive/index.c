#include "archive/index.h"

struct build {
    const struct index_options *o;
    const struct index_sink *sink;
    struct index_result *out;
    struct page_maker pages;
    struct sha256 *content, *without;
    struct sorter *shadow;
    /* The group of one key: what stands, and how often */
    struct buf key;
    struct index_entry standing;
    uint64_t arrival;
    bool has_standing, is_listed;
};

static enum err end_page(struct build *b, struct error *e)
{
    struct page_info info;
    page_maker_end(&b->pages, &info);
    sha256_add(b->content, str_n((const char *)info.digest, SHA256_SIZE));
    if (b->o->steady)
        sha256_add(b->without, str_n((const char *)info.steady, SHA256_SIZE));
    b->out->pages++;
    return b->sink->page(b->sink->ctx, &info, buf_str(&b->pages.bytes), e);
}

static enum err end_group(struct build *b, struct error *e)
{
    if (!b->has_standing)
        return ERR_OK;
    b->out->records++;
    return page_maker_add(&b->pages, &b->standing) ? end_page(b, e) : ERR_OK;
}

static void begin_group(struct build *b, const struct entry *en)
{
    buf_clear(&b->key);
    buf_add_str(&b->key, en->key);
    b->standing = (struct index_entry){
        .key = buf_str(&b->key),
        .steady = en->steady,
        .member = en->member,
        .at = en->at,
        .size = en->size,
        .count = 1,
    };
    memcpy(b->standing.fingerprint, en->fingerprint, HASH_FINGERPRINT);
    b->arrival = en->arrival;
    b->has_standing = true;
    b->is_listed = false;
}

static void list_place(struct index_result *r, uint32_t member, uint64_t record)
{
    if (r->n_places < INDEX_PLACES)
        r->places[r->n_places++] = (struct index_place){member, record};
}

static void put_be(char *p, uint32_t v)
{
    for (unsigned i = 0; i < 4; i++)
        p[i] = (char)(v >> (24 - 8 * i));
}

static enum err add_shadow(struct build *b, const struct entry *en, char kind,
                           struct error *e)
{
    char row[SHADOW_ROW];
    put_be(row, en->member);
    put_be(row + 4, en->at);
    row[8] = kind;
    if (!b->shadow)
        b->shadow = sorter_new(false, false, b->o->spool);
    if (sorter_memory(b->shadow) > b->o->memory / 4)
        TRY(sorter_spill(b->shadow, e));
    struct entry place = {.key = str_n(row, SHADOW_ROW), .member = en->member};
    return sorter_add(b->shadow, &place, e);
}

static enum err add_entry(struct build *b, const struct entry *en, struct error *e)
{
    if (!b->has_standing || !str_eq(en->key, b->standing.key)) {
        TRY(end_group(b, e));
        begin_group(b, en);
        return ERR_OK;
    }
    if (memcmp(en->fingerprint, b->standing.fingerprint, HASH_FINGERPRINT) == 0) {
        b->standing.count++;
        b->out->copies++;
        return add_shadow(b, en, SHADOW_COPY, e);
    }
    b->out->losers++;
    if (!b->is_listed)
        list_place(b->out, b->standing.member, b->arrival);
    b->is_listed = true;
    list_place(b->out, en->member, en->arrival);
    return add_shadow(b, en, SHADOW_LOSER, e);
}

static enum err give_shadow(struct build *b, struct error *e)
{
    if (!b->shadow)
        return ERR_OK;
    struct entry en;
    bool more;
    TRY(sorter_begin(b->shadow, b->o->memory / 4, e));
    for (;;) {
        TRY(sorter_next(b->shadow, &en, &more, e));
        if (!more)
            return ERR_OK;
        TRY(b->sink->shadow(b->sink->ctx, en.key, e));
    }
}

static enum err build_all(struct build *b, struct sorter *s, struct error *e)
{
    struct entry en;
    bool more = true;
    TRY(sorter_begin(s, b->o->memory / 2, e));
    digest_begin_entity(b->content);
    digest_begin_entity(b->without);
    for (;;) {
        TRY(sorter_next(s, &en, &more, e));
        if (!more)
            break;
        TRY(add_entry(b, &en, e));
    }
    TRY(end_group(b, e));
    if (b->pages.n)
        TRY(end_page(b, e));
    sha256_end(b->content, b->out->digest);
    if (b->o->steady)
        sha256_end(b->without, b->out->steady);
    return give_shadow(b, e);
}

enum err index_build(struct sorter *s, const struct index_options *o,
                     const struct index_sink *sink, struct index_result *out,
                     struct error *e)
{
    struct build b = {.o = o, .sink = sink, .out = out};
    *out = (struct index_result){0};
    b.content = sha256_new();
    b.without = sha256_new();
    page_maker_init(&b.pages, o->steady);
    enum err code = build_all(&b, s, e);
    page_maker_done(&b.pages);
    sha256_free(b.content);
    sha256_free(b.without);
    sorter_free(b.shadow);
    buf_done(&b.key);
    return code;
}
