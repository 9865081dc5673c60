/*
 * The canonical record: the order of members and the space between tokens say nothing,
 * and a canonical record is its own.
 *
 * Byte 0 chooses the entity, byte 1 the order in which members are written anew. Where
 * one form is refused, so is the other; which error comes first may differ.
 */
#include "fuzz.h"

#include "schema/canon.h"
#include "json/scan.h"

static const char sdl[] =
    "directive @entity(table: String!) on OBJECT scalar DateTime scalar Any\n"
    "interface Std { _etag: String @volatile _updated: DateTime @volatile }\n"
    "enum Kind { A B }\n"
    "type Part @entity(table: \"parts\", by: false) { id: ID! partNumber: String\n"
    "  cost: Float n: Int ok: Boolean kind: Kind at: DateTime tags: [String]\n"
    "  supplierId: ID supplier: Supplier @reference(by: \"supplierId\")\n"
    "  lines: [Line] parts: [Part] any: Any note: String @volatile }\n"
    "type Line @entity(table: \"lines\", key: [\"order\", \"code\"], std: false,\n"
    "  by: false) { order: Int! code: String! a: Int part: Part }\n"
    "type Loose @entity(table: \"loose\", key: [], std: false, by: false) { a: Int }\n"
    "type Supplier @entity(table: \"suppliers\") { id: Int! name: String }\n";

static const char *const entities[] = {"Part", "Line", "Loose", "Unknown"};

static struct schema *schema;
static struct canon *canon;

static void leave(void)
{
    canon_free(canon);
    schema_free(schema);
}

static void enter(void)
{
    struct error e = ERROR_INIT;
    enum err code = schema_load(STR(sdl), "fuzz", &schema, &e);
    if (code != ERR_OK)
        fprintf(stderr, "%s\n", e.line);
    FUZZ_ASSERT(code == ERR_OK);
    canon = canon_new();
    atexit(leave);
}

/* What canon_record() gives, copied. */
struct result {
    struct buf text, key;
    struct canon_record r;
    bool ok;
};

static void make(const struct entity *en, struct str json, struct result *out)
{
    struct error e = ERROR_INIT;
    enum err code = canon_record(canon, en, json, &out->r, &e);
    out->ok = code == ERR_OK;
    if (!out->ok) {
        fuzz_refused(&e);
        return;
    }
    buf_add_str(&out->text, out->r.text);
    buf_add_str(&out->key, out->r.key);
}

static void result_done(struct result *r)
{
    buf_done(&r->text);
    buf_done(&r->key);
}

static void check_same(const struct result *a, const struct result *b)
{
    FUZZ_ASSERT(a->ok == b->ok);
    if (!a->ok)
        return;
    FUZZ_ASSERT(str_eq(buf_str(&a->text), buf_str(&b->text)));
    FUZZ_ASSERT(str_eq(buf_str(&a->key), buf_str(&b->key)));
    FUZZ_ASSERT(memcmp(a->r.fingerprint, b->r.fingerprint, HASH_FINGERPRINT) == 0);
    FUZZ_ASSERT(a->r.steady == b->r.steady);
}

/* --- the same record with its members in another order --- */

#define MEMBERS 64 /* of one object that are moved; the rest stay behind them */

struct mixer {
    struct scan scan;
    enum scan_event ev;
    struct fuzz_dice dice;
};

static void next(struct mixer *m)
{
    m->ev = scan_next(&m->scan);
}

static void space(struct mixer *m, struct buf *out)
{
    static const char *const spaces[] = {"", "", "", " ", "\n", "\t\r\n", "  "};
    const char *s = spaces[fuzz_roll(&m->dice, 7)];
    buf_add(out, s, strlen(s));
}

static void mix_value(struct mixer *m, struct buf *out);

static void mix_object(struct mixer *m, struct buf *out)
{
    struct buf members[MEMBERS] = {{0}};
    size_t n = 0;
    for (next(m); m->ev == SCAN_KEY; next(m)) {
        struct buf *to = &members[n < MEMBERS ? n : MEMBERS - 1];
        if (n++ >= MEMBERS)
            buf_add_char(to, ',');
        space(m, to);
        buf_add_char(to, '"');
        buf_add_str(to, m->scan.token);
        buf_add_str(to, STR("\":"));
        space(m, to);
        next(m);
        mix_value(m, to);
    }
    n = n < MEMBERS ? n : MEMBERS;
    buf_add_char(out, '{');
    for (size_t left = n; left; left--) {
        size_t i = fuzz_roll(&m->dice, (uint32_t)left);
        struct buf taken = members[i];
        members[i] = members[left - 1];
        if (left < n)
            buf_add_char(out, ',');
        buf_add_str(out, buf_str(&taken));
        buf_done(&taken);
    }
    space(m, out);
    buf_add_char(out, '}');
}

/* The event at hand begins a value; its last event is at hand afterwards. The text is
 * known to be valid, so that it ends. */
static void mix_value(struct mixer *m, struct buf *out) /* NOLINT(misc-no-recursion) */
{
    bool more = false;
    switch (m->ev) {
    case SCAN_OBJECT: mix_object(m, out); break;
    case SCAN_ARRAY:
        buf_add_char(out, '[');
        for (next(m); m->ev != SCAN_ARRAY_END; next(m)) {
            if (more)
                buf_add_char(out, ',');
            mix_value(m, out);
            space(m, out);
            more = true;
        }
        buf_add_char(out, ']');
        break;
    case SCAN_STRING:
        buf_add_char(out, '"');
        buf_add_str(out, m->scan.token);
        buf_add_char(out, '"');
        break;
    case SCAN_NUMBER: buf_add_str(out, m->scan.token); break;
    case SCAN_TRUE: buf_add_str(out, STR("true")); break;
    case SCAN_FALSE: buf_add_str(out, STR("false")); break;
    case SCAN_NULL: buf_add_str(out, STR("null")); break;
    case SCAN_BAD:
    case SCAN_END:
    case SCAN_MORE:
    case SCAN_OBJECT_END:
    case SCAN_ARRAY_END:
    case SCAN_KEY: FUZZ_ASSERT(!"a value");
    }
}

static bool is_valid(struct str text)
{
    CLEANUP(scan_done) struct scan s;
    enum scan_event ev;
    scan_init(&s);
    scan_feed(&s, text);
    scan_finish(&s);
    while ((ev = scan_next(&s)) > SCAN_MORE)
        continue;
    return ev == SCAN_END;
}

static void mix(struct str text, uint64_t seed, struct buf *out)
{
    struct mixer m = {.dice = {seed}};
    scan_init(&m.scan);
    scan_feed(&m.scan, text);
    scan_finish(&m.scan);
    next(&m);
    mix_value(&m, out);
    scan_done(&m.scan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    if (!schema)
        enter();
    const struct entity *en;
    struct str text = str_n((const char *)data + 2, size - 2);
    FUZZ_ASSERT(schema_entity(schema, str_of(entities[data[0] % 4]), &en, NULL) ==
                ERR_OK);
    CLEANUP(result_done) struct result one = {0};
    CLEANUP(result_done) struct result mixed = {0};
    CLEANUP(result_done) struct result again = {0};
    BUF_SCOPED other = BUF_INIT;
    make(en, text, &one);
    if (!is_valid(text)) {
        FUZZ_ASSERT(!one.ok);
        return 0;
    }
    mix(text, data[1], &other);
    make(en, buf_str(&other), &mixed);
    check_same(&one, &mixed);
    if (!one.ok)
        return 0;
    make(en, buf_str(&one.text), &again);
    check_same(&one, &again);
    return 0;
}
