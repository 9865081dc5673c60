#include "demo/demo.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/arena.h"
#include "base/file.h"
#include "base/shipped.h"
#include "base/table.h"
#include "demo/build.h"
#include "doc/doc.h"
#include "match/check.h"
#include "schema/canon.h"
#include "source/source.h"
#include "test.h"

/* ---- What a tenant is read back into ------------------------------------------------
 */

struct record {
    const struct entity *entity;
    struct str text; /* canonical */
};

struct tenant {
    struct arena arena;
    struct schema *schema;
    struct record *records;
    size_t n, cap;
    struct buf truth;
    struct demo_summary summary;
};

static void tenant_done(struct tenant *t)
{
    schema_free(t->schema);
    arena_done(&t->arena);
    buf_done(&t->truth);
    free(t->records);
}

#define TENANT CLEANUP(tenant_done) struct tenant

static void take(struct tenant *t, struct canon *canon, const struct source_body *body)
{
    struct error e = ERROR_INIT;
    struct canon_record c;

    assert_ok(canon_record(canon, body->entity, body->json, &c, &e), &e);
    struct record *r = &VEC_PUSH(t->records, t->n, t->cap);
    *r = (struct record){body->entity, arena_str(&t->arena, c.text)};
}

static void read_back(struct tenant *t, const char *path)
{
    struct error e = ERROR_INIT;
    struct source_options options = {.schema = t->schema, .record_limit = 1 << 20};
    CLEANUP(source_freep) struct source *s = NULL;
    CLEANUP(canon_freep) struct canon *canon = canon_new();
    CLEANUP(chunk_done) struct chunk c = {0};
    struct source_body body;

    assert_ok(source_new(&options, &s, &e), &e);
    assert_ok(source_add(s, path, &e), &e);
    for (;;) {
        assert_ok(source_next(s, &c, &e), &e);
        if (c.n_records == 0)
            break;
        for (size_t i = 0; i < c.n_records; i++) {
            enum source_outcome o = source_record(s, &c, i, &body, &e);
            ck_assert_msg(o == SOURCE_RECORD, "%s: %s", e.where, e.line);
            take(t, canon, &body);
        }
    }
}

/* Writes a tenant, reads it back, removes the files. */
static void tenant_make(struct tenant *t, struct demo_options o)
{
    struct error e = ERROR_INIT;
    char dir[] = "/tmp/test-demo-XXXXXX", path[64], truth[64];

    *t = (struct tenant){0};
    ck_assert(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/tenant", dir);
    snprintf(truth, sizeof truth, "%s/truth", dir);
    o.output = path;
    o.truth = truth;
    assert_ok(demo_write(&o, &t->summary, &e), &e);
    assert_ok(file_read(truth, &t->truth, &e), &e);
    assert_ok(
        schema_load(shipped_get(STR("ion.graphql")), "ion.graphql", &t->schema, &e),
        &e);
    read_back(t, path);
    unlink(path);
    unlink(truth);
    rmdir(dir);
}

/* The bytes that options give. */
static void bytes_of(struct demo_options o, struct buf *out)
{
    struct error e = ERROR_INIT;
    struct demo_summary summary;
    int fd = -1;

    assert_ok(file_temp(NULL, &fd, &e), &e);
    assert_ok(demo_write_fd(&o, fd, -1, "test", &summary, &e), &e);
    uint64_t size = (uint64_t)lseek(fd, 0, SEEK_END);
    size_t n = 0;
    buf_clear(out);
    assert_ok(file_read_at(fd, 0, buf_room(out, size), size, &n, &e), &e);
    out->n = n;
    ck_assert_uint_eq(n, size);
    close(fd);
}

/* ---- Formats ------------------------------------------------------------------------
 */

static const struct {
    const char *name;
    enum demo_format format;
    bool csv;
} formats[] = {
    {"ndjson", DEMO_NDJSON, false},
    {"pages", DEMO_PAGES, false},
    {"json", DEMO_JSON, false},
    {"airbyte", DEMO_AIRBYTE, false},
    {"data-snapshot as jsonl", DEMO_DATA_SNAPSHOT, false},
    {"data-snapshot as csv", DEMO_DATA_SNAPSHOT, true},
};

static struct demo_options options_of(int i, uint64_t records)
{
    return (struct demo_options){.records = records,
                                 .seed = 11,
                                 .format = formats[i].format,
                                 .csv = formats[i].csv};
}

START_TEST(test_deterministic)
{
    BUF_SCOPED a = BUF_INIT, b = BUF_INIT, other = BUF_INIT;
    struct demo_options o = options_of(_i, 2000);

    bytes_of(o, &a);
    bytes_of(o, &b);
    assert_str_eq(formats[_i].name, buf_str(&a), buf_str(&b));
    o.seed++;
    bytes_of(o, &other);
    ck_assert_msg(!str_eq(buf_str(&a), buf_str(&other)), "%s: the seed changes nothing",
                  formats[_i].name);
}
END_TEST

/* Records come in the same order in every format, so they are compared one by one. */
START_TEST(test_same_records)
{
    TENANT want, got;

    tenant_make(&want, options_of(0, 3000));
    ck_assert_uint_eq(want.n, 3000);
    tenant_make(&got, options_of(_i, 3000));
    ck_assert_uint_eq(got.n, want.n);
    for (size_t i = 0; i < want.n; i++) {
        assert_str_eq(formats[_i].name, got.records[i].entity->name,
                      want.records[i].entity->name);
        assert_str_eq(formats[_i].name, got.records[i].text, want.records[i].text);
    }
    assert_str_eq("truth", buf_str(&got.truth), buf_str(&want.truth));
}
END_TEST

START_TEST(test_format_names)
{
    enum demo_format f;

#define X(name, text)                            \
    ck_assert(demo_format_named(STR(text), &f)); \
    ck_assert_int_eq(f, DEMO_##name);
    DEMO_FORMATS(X)
#undef X
    ck_assert(!demo_format_named(STR("xml"), &f));
    ck_assert(!demo_format_named(STR(""), &f));
}
END_TEST

/* ---- Counts -------------------------------------------------------------------------
 */

static const uint64_t sizes[] = {
    10, 59, 60, 61, 100, 5000, 99999, 10000, 700000, 3000000, CENSUS_RECORDS_MAX};

static uint64_t total(const struct census *p)
{
    uint64_t sum = 0;

    for (unsigned i = 0; i < CENSUS_N; i++)
        sum += p->n[i];
    return sum;
}

/* As many as asked for; children only where there are parents. */
static void check_census(uint64_t records)
{
    static struct census p;
    struct error e = ERROR_INIT;

    assert_ok(census_init(&p, records, 1, &e), &e);
    ck_assert_uint_eq(total(&p), records);
    ck_assert(p.n[CENSUS_Organization] == 1);
    if (p.n[CENSUS_RunStepField])
        ck_assert(p.n[CENSUS_RunStep] && p.n[CENSUS_Run] && p.n[CENSUS_StepField]);
    ck_assert_uint_le(p.n[CENSUS_TeamUser], p.n[CENSUS_User] ? p.n[CENSUS_User] : 1);
}

START_TEST(test_census)
{
    check_census(sizes[_i]);
}
END_TEST

START_TEST(test_census_small)
{
    for (uint64_t n = 1; n <= 300; n++)
        check_census(n);
}
END_TEST

/* Each child lies between its parent's first and the next parent's first. */
START_TEST(test_parents)
{
    static struct census p;
    struct error e = ERROR_INIT;

    assert_ok(census_init(&p, sizes[_i], 1, &e), &e);
    if (!p.n[CENSUS_RunStep])
        return;
    uint64_t n = p.n[CENSUS_RunStep], step = n / 5000 + 1;
    for (uint64_t id = 1; id <= n; id += step) {
        uint64_t run = census_parent(&p, CENSUS_RunStep, CENSUS_Run, id);
        ck_assert(run >= 1 && run <= p.n[CENSUS_Run]);
        ck_assert(census_first(&p, CENSUS_RunStep, CENSUS_Run, run) <= id);
        ck_assert(census_first(&p, CENSUS_RunStep, CENSUS_Run, run + 1) > id);
    }
}
END_TEST

START_TEST(test_limits)
{
    static struct census p;
    struct error e = ERROR_INIT;

    ck_assert_int_eq(census_init(&p, 0, 1, &e), ERR_USAGE);
    ck_assert_int_eq(census_init(&p, CENSUS_RECORDS_MAX + 1, 1, &e), ERR_USAGE);
    assert_ok(census_init(&p, CENSUS_RECORDS_MAX, 1, &e), &e);
    assert_ok(census_init(&p, 1, 1, &e), &e);
}
END_TEST

/* Part numbers with revision, serials, mails and suppliers are distinct, far beyond the
 * point where the words have been through once. */
START_TEST(test_distinct)
{
    static struct census p;
    struct error e = ERROR_INIT;
    CLEANUP(arena_done) struct arena arena = ARENA_INIT;
    CLEANUP(table_done) struct table seen = TABLE_INIT;
    static struct leaf t;

    assert_ok(census_init(&p, 20000000, 5, &e), &e);
    for (uint64_t id = 1; id <= 80000; id++)
        for (unsigned kind = 0; kind < 4; kind++) {
            leaf_clear(&t);
            if (kind == 0) {
                cast_part_number(&p, id, &t);
                leaf_char(&t, '/');
                leaf_char(&t, cast_part_revision(&p, id));
            } else if (kind == 1) {
                cast_serial(&p, id, &t);
            } else if (kind == 2) {
                cast_email(&p, id, &t);
            } else {
                cast_supplier(&p, id, &t);
            }
            struct str key = arena_str(&arena, leaf_str(&t));
            ck_assert_msg(!table_put(&seen, key, &t), "twice: %.*s", STR_ARG(key));
        }
}
END_TEST

/* ---- References ---------------------------------------------------------------------
 */

/* Value of a member of a record; numbers and strings by their text. */
static struct str member(const struct doc_node *root, struct str name)
{
    for (size_t i = 0; i < root->n_items; i++)
        if (str_eq(root->items[i]->key, name))
            return root->items[i]->kind == DOC_NULL ? str_n(NULL, 0)
                                                    : root->items[i]->text;
    return str_n(NULL, 0);
}

static struct str place(struct arena *a, struct str entity, struct str id)
{
    BUF_SCOPED b = BUF_INIT;

    buf_add_str(&b, entity);
    buf_add_char(&b, '/');
    buf_add_str(&b, id);
    return arena_str(a, buf_str(&b));
}

static size_t check_references(struct tenant *t, const struct record *r,
                               const struct table *ids)
{
    struct error e = ERROR_INIT;
    CLEANUP(doc_freep) struct doc *d = NULL;
    size_t n = 0;

    assert_ok(doc_json(r->text, "record", &d, &e), &e);
    for (size_t i = 0; i < r->entity->type->n_fields; i++) {
        const struct field *f = &r->entity->type->fields[i];
        if (!f->by || !f->type->is_entity)
            continue;
        struct str id = member(doc_root(d), f->by->name);
        if (!id.n)
            continue;
        struct str target = place(&t->arena, f->type->name, id);
        ck_assert_msg(table_get(ids, target), "%.*s.%.*s points to %.*s",
                      STR_ARG(r->entity->name), STR_ARG(f->by->name), STR_ARG(target));
        n++;
    }
    return n;
}

static const uint64_t whole_sizes[] = {1, 7, 45, 64, 100, 777, 5000};

START_TEST(test_references)
{
    TENANT t;
    CLEANUP(table_done) struct table ids = TABLE_INIT;
    struct error e = ERROR_INIT;
    size_t references = 0;

    tenant_make(&t, options_of(0, whole_sizes[_i]));
    ck_assert_uint_eq(t.n, whole_sizes[_i]);
    for (size_t i = 0; i < t.n; i++) {
        CLEANUP(doc_freep) struct doc *d = NULL;
        assert_ok(doc_json(t.records[i].text, "record", &d, &e), &e);
        struct str id = member(doc_root(d), STR("id"));
        if (id.n)
            ck_assert(
                !table_put(&ids, place(&t.arena, t.records[i].entity->name, id), &t));
    }
    for (size_t i = 0; i < t.n; i++)
        references += check_references(&t, &t.records[i], &ids);
    if (t.n >= 100)
        ck_assert_uint_gt(references, t.n * 2);
}
END_TEST

/* A run's status is what its steps say. */
START_TEST(test_states)
{
    static struct census p;
    struct error e = ERROR_INIT;
    unsigned seen = 0;

    assert_ok(census_init(&p, 20000, 3, &e), &e);
    for (uint64_t run = 1; run <= p.n[CENSUS_Run]; run++) {
        enum run_state state = build_run_state(&p, run);
        uint64_t first = census_first(&p, CENSUS_RunStep, CENSUS_Run, run);
        uint64_t end = census_first(&p, CENSUS_RunStep, CENSUS_Run, run + 1);
        bool found = false;
        seen |= 1u << state;
        for (uint64_t i = first; i < end; i++) {
            enum run_state s = build_step_state(&p, i);
            found |= s == state || state == RUN_PARTIAL_COMPLETE;
            ck_assert(state != RUN_COMPLETE || s == RUN_COMPLETE);
            ck_assert(state != RUN_TODO || s == RUN_TODO);
            ck_assert(s != RUN_PARTIAL_COMPLETE); /* not a state of steps */
        }
        ck_assert(found);
    }
    ck_assert_uint_eq(seen, 0xff); /* every state occurs */
}
END_TEST

/* ---- Truth --------------------------------------------------------------------------
 */

/* The record's leaf at "content" or "slateContent.children[0].children[0].text". */
static const struct doc_node *walk(const struct doc_node *n, struct str path)
{
    while (n && path.n) {
        if (path.p[0] == '[') {
            size_t i = 0, at = 1;
            for (; path.p[at] != ']'; at++)
                i = i * 10 + (size_t)(path.p[at] - '0');
            n = i < n->n_items ? n->items[i] : NULL;
            path = str_from(path, at + 1);
            continue;
        }
        char name[64] = "";
        size_t k = 0;
        for (size_t at = path.p[0] == '.'; at + k < path.n; k++) {
            char c = path.p[at + k];
            if (c == '.' || c == '[')
                break;
            name[k] = c;
        }
        path = str_from(path, k + (path.p[0] == '.'));
        n = doc_get(n, name);
    }
    return n;
}

/* Bytes of the text between two code points. */
static struct str span(struct str text, uint64_t start, uint64_t end)
{
    size_t from = text.n, to = text.n;
    uint64_t point = 0;

    for (size_t i = 0; i < text.n; i++) {
        if (((uint8_t)text.p[i] & 0xc0) == 0x80)
            continue;
        if (point == start)
            from = i;
        if (point == end)
            to = i;
        point++;
    }
    return from <= to ? str_n(text.p + from, to - from) : str_n(NULL, 0);
}

static int base64_value(char c)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *at = c ? strchr(alphabet, c) : NULL;

    return at ? (int)(at - alphabet) : -1;
}

/* Every run of base64 letters, decoded, one after the other. */
static void decode_runs(struct str text, struct buf *out)
{
    uint32_t bits = 0;
    unsigned have = 0;

    for (size_t i = 0; i < text.n; i++) {
        int v = base64_value(text.p[i]);
        if (v < 0) {
            have = 0;
            continue;
        }
        bits = bits << 6 | (uint32_t)v;
        if (++have % 4 != 1)
            buf_add_char(out, (char)(bits >> (6 - 2 * ((have - 1) % 4))));
    }
}

static bool contains(struct str text, struct str value)
{
    return memmem(text.p, text.n, value.p, value.n) != NULL;
}

/* Is there a leaf of this text? A JSONString is canonical as its JSON. */
static bool has_leaf(const struct doc_node *n, struct str value)
{
    for (size_t i = 0; i < n->n_items; i++)
        if (has_leaf(n->items[i], value))
            return true;
    return n->kind == DOC_STRING && str_eq(n->text, value);
}

/* The value stands in the leaf as JSON, or in base64. */
static void check_nested(const struct doc_node *leaf, struct str value)
{
    BUF_SCOPED decoded = BUF_INIT;

    if (leaf->kind != DOC_STRING) {
        ck_assert_msg(has_leaf(leaf, value), "not in the JSON: %.*s", STR_ARG(value));
        return;
    }
    decode_runs(leaf->text, &decoded);
    ck_assert_msg(contains(leaf->text, value) || contains(buf_str(&decoded), value),
                  "not in the leaf: %.*s", STR_ARG(value));
}

static void check_line(const struct doc_node *line, const struct doc_node *record)
{
    const struct doc_node *kind = doc_get(line, "kind"),
                          *value = doc_get(line, "value");
    struct str path = doc_get(line, "path")->text;
    uint64_t start = 0, end = 0;

    const struct doc_node *leaf = walk(record, path);
    ck_assert_msg(leaf && leaf->kind >= DOC_NUMBER, "no leaf at %.*s", STR_ARG(path));
    if (str_eq(kind->text, STR("nested"))) {
        check_nested(leaf, value->text);
    } else if (str_eq(kind->text, STR("text"))) {
        ck_assert(doc_uint(doc_get(line, "start"), &start));
        ck_assert(doc_uint(doc_get(line, "end"), &end));
        assert_str_eq("span", span(leaf->text, start, end), value->text);
    } else if (leaf->kind == DOC_STRING) {
        ck_assert(!doc_get(line, "start"));
        assert_str_eq("field", leaf->text, value->text);
    }
}

/* "Part/17", or "TeamUser/[1,4]" by its members. */
static struct str place_of(struct arena *a, const struct record *r,
                           const struct doc_node *root)
{
    const struct type *type = r->entity->type;
    BUF_SCOPED b = BUF_INIT;

    if (type->n_key == 1)
        return place(a, r->entity->name, member(root, type->key[0]->name));
    for (size_t i = 0; i < type->n_key; i++) {
        buf_add_char(&b, ',');
        buf_add_str(&b, member(root, type->key[i]->name));
    }
    return place(a, r->entity->name, buf_str(&b));
}

static struct str place_said(struct arena *a, const struct doc_node *line)
{
    const struct doc_node *key = doc_get(line, "key");
    BUF_SCOPED b = BUF_INIT;

    if (key->kind != DOC_LIST)
        return place(a, doc_get(line, "entity")->text, key->text);
    for (size_t i = 0; i < key->n_items; i++) {
        buf_add_char(&b, ',');
        buf_add_str(&b, key->items[i]->text);
    }
    return place(a, doc_get(line, "entity")->text, buf_str(&b));
}

typedef void line_fn(void *ctx, const struct doc_node *line);

static size_t each_line(struct str truth, line_fn *fn, void *ctx)
{
    struct error e = ERROR_INIT;
    size_t n = 0;

    while (truth.n) {
        CLEANUP(doc_freep) struct doc *d = NULL;
        const char *end = memchr(truth.p, '\n', truth.n);
        ck_assert(end);
        struct str line = str_n(truth.p, (size_t)(end - truth.p));
        assert_ok(doc_json(line, "truth", &d, &e), &e);
        fn(ctx, doc_root(d));
        truth = str_from(truth, line.n + 1);
        n++;
    }
    return n;
}

struct lookup {
    struct arena arena;
    struct table docs;
};

static void look(void *ctx, const struct doc_node *line)
{
    struct lookup *l = ctx;
    struct str at = place_said(&l->arena, line);
    struct doc *d = table_get(&l->docs, at);

    ck_assert_msg(d, "no record %.*s", STR_ARG(at));
    check_line(line, doc_root(d));
}

START_TEST(test_truth)
{
    TENANT t;
    struct error e = ERROR_INIT;
    struct lookup l = {0};

    tenant_make(&t, options_of(0, 1500));
    for (size_t i = 0; i < t.n; i++) {
        struct doc *d = NULL;
        assert_ok(doc_json(t.records[i].text, "record", &d, &e), &e);
        table_put(&l.docs, place_of(&l.arena, &t.records[i], doc_root(d)), d);
    }
    ck_assert_uint_gt(each_line(buf_str(&t.truth), look, &l), t.n);
    for (size_t i = 0; i < l.docs.n; i++)
        doc_free(l.docs.slots[i].value);
    table_done(&l.docs);
    arena_done(&l.arena);
}
END_TEST

/* What a class promises: its check digits hold. */
static const struct {
    const char *class, *check;
} promises[] = {
    {"card", "luhn"},
    {"iban", "mod97"},
    {"ssn", "ssn"},
    {"ip", "ipv4"},
};

struct tally {
    unsigned classes, promised[BUILD_COUNT(promises)], github, jwt;
};

static bool holds(const char *check, struct str value)
{
    double parameter = 0;
    const struct check *c = check_find(str_of(check), &parameter);

    ck_assert_msg(c, "no check %s", check);
    return c->run(value, parameter);
}

static void promise(void *ctx, const struct doc_node *line)
{
    static const char *const names[] = {
#define X(name, text) text,
        LEAF_CLASSES(X)
#undef X
    };
    struct tally *t = ctx;
    struct str class = doc_get(line, "class")->text,
               value = doc_get(line, "value")->text;

    for (unsigned i = 0; i < BUILD_COUNT(names); i++)
        if (str_eq(class, str_of(names[i])))
            t->classes |= 1u << i;
    for (unsigned i = 0; i < BUILD_COUNT(promises); i++)
        if (str_eq(class, str_of(promises[i].class))) {
            ck_assert_msg(holds(promises[i].check, value), "%s: %.*s",
                          promises[i].check, STR_ARG(value));
            t->promised[i]++;
        }
    if (str_starts(value, STR("ghp_"))) {
        ck_assert(holds("github-crc32", value));
        t->github++;
    }
    if (str_starts(value, STR("eyJ"))) {
        ck_assert(holds("jwt", value));
        t->jwt++;
    }
}

START_TEST(test_plants)
{
    TENANT t;
    struct tally tally = {0};
    struct demo_options o = options_of(0, 6000);

    o.marked = true;
    tenant_make(&t, o);
    each_line(buf_str(&t.truth), promise, &tally);
    /* Every class but NONE was planted */
    ck_assert_uint_eq(tally.classes, (1u << (LEAF_MARKING + 1)) - 2);
    for (unsigned i = 0; i < BUILD_COUNT(promises); i++)
        ck_assert_msg(tally.promised[i] > 5, "%s", promises[i].class);
    ck_assert_uint_gt(tally.github, 3);
    ck_assert_uint_gt(tally.jwt, 3);
}
END_TEST

/* Markings stop a run, so they are there only when asked for. */
START_TEST(test_unmarked)
{
    TENANT t;

    tenant_make(&t, options_of(0, 6000));
    ck_assert(!memmem(t.truth.p, t.truth.n, "export-control", 14));
    for (size_t i = 0; i < t.n; i++) {
        struct str s = t.records[i].text;
        ck_assert(!memmem(s.p, s.n, "\"exportControlled\":true", 23));
        ck_assert(!memmem(s.p, s.n, "CUI//", 5));
    }
}
END_TEST

/* ---- Files and memory ---------------------------------------------------------------
 */

START_TEST(test_whole_or_not)
{
    struct error e = ERROR_INIT;
    char dir[] = "/tmp/test-demo-XXXXXX", path[64], truth[64];
    struct demo_summary summary;
    struct stat st;

    ck_assert(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/tenant", dir);
    snprintf(truth, sizeof truth, "%s/no/truth", dir);
    struct demo_options o = {.records = 10,
                             .seed = 1,
                             .format = DEMO_NDJSON,
                             .output = path,
                             .truth = truth};
    ck_assert_int_eq(demo_write(&o, &summary, &e), ERR_CANTCREATE);
    ck_assert_int_ne(stat(path, &st), 0);
    o.truth = NULL;
    assert_ok(demo_write(&o, &summary, &e), &e);
    ck_assert_uint_eq(summary.records, 10);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(summary.bytes, (uint64_t)st.st_size);
    ck_assert_int_eq(demo_write(&o, &summary, &e), ERR_CANTCREATE);
    o.force = true;
    assert_ok(demo_write(&o, &summary, &e), &e);
    unlink(path);
    ck_assert_int_eq(rmdir(dir), 0);
}
END_TEST

START_TEST(test_write_fails)
{
    struct error e = ERROR_INIT;
    struct demo_summary summary = {.records = 77};
    struct demo_options o = options_of(_i, 3000);
    int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

    ck_assert(fd >= 0);
    ck_assert_int_eq(demo_write_fd(&o, fd, -1, "full", &summary, &e), ERR_IO);
    ck_assert_uint_eq(summary.records, 77); /* untouched */
    close(fd);
}
END_TEST

static long peak_kib(void)
{
    struct rusage u;

    ck_assert_int_eq(getrusage(RUSAGE_SELF, &u), 0);
    return u.ru_maxrss;
}

/* Twenty times the records, the same memory: 12 MiB are four pieces and their copies.
 */
START_TEST(test_memory)
{
    struct error e = ERROR_INIT;
    struct demo_summary summary;
    int fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
    struct demo_options o = options_of(_i, 8000);

    assert_ok(demo_write_fd(&o, fd, fd, "null", &summary, &e), &e);
    long before = peak_kib();
    o.records *= 20;
    assert_ok(demo_write_fd(&o, fd, fd, "null", &summary, &e), &e);
    ck_assert_int_lt(peak_kib() - before, 12 << 10);
    close(fd);
}
END_TEST

static void cases(TCase *t)
{
    int n = (int)BUILD_COUNT(formats);

    tcase_add_loop_test(t, test_deterministic, 0, n);
    tcase_add_loop_test(t, test_same_records, 1, n);
    tcase_add_test(t, test_format_names);
    tcase_add_loop_test(t, test_census, 0, (int)BUILD_COUNT(sizes));
    tcase_add_test(t, test_census_small);
    tcase_add_loop_test(t, test_parents, 0, (int)BUILD_COUNT(sizes));
    tcase_add_test(t, test_limits);
    tcase_add_test(t, test_distinct);
    tcase_add_loop_test(t, test_references, 0, (int)BUILD_COUNT(whole_sizes));
    tcase_add_test(t, test_states);
    tcase_add_test(t, test_truth);
    tcase_add_test(t, test_plants);
    tcase_add_test(t, test_unmarked);
    tcase_add_test(t, test_whole_or_not);
    tcase_add_loop_test(t, test_write_fails, 0, n);
#ifdef __SANITIZE_ADDRESS__ /* which keeps what was freed for a while */
    n = 0;
#endif
    tcase_add_loop_test(t, test_memory, 0, n);
}

TEST_MAIN("demo")
