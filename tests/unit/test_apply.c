/* Operations of a patch on one record: forth it is the other record, back it is the
 * first one again, and on any other record it is refused. */
#include "drift/apply.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "random_json.h"
#include "test.h"

static const char sdl[] =
    "directive @entity(table: String!) on OBJECT\n"
    "type Part @entity(table: \"parts\", std: false, by: false) { id: ID!\n"
    "  cost: Float supplierId: ID supplier: Part @reference(by: \"supplierId\") }\n";

#define HEAD "{\"format\":\"sandcast-patch 1\"}\n"

static struct schema *schema;
static const struct entity *part;
static struct applier *applier;
static struct canon *canon[2];

static void begin(void)
{
    struct error e = ERROR_INIT;
    assert_ok(schema_load(STR(sdl), "test", &schema, &e), &e);
    part = schema_lookup(schema, STR("Part"));
    applier = applier_new();
    canon[0] = canon_new();
    canon[1] = canon_new();
}

static void end(void)
{
    canon_free(canon[0]);
    canon_free(canon[1]);
    applier_free(applier);
    schema_free(schema);
}

static enum err read_patch(struct str text, bool reverse, struct patch **out,
                           struct error *e)
{
    char path[] = "/tmp/sandcast-patch-XXXXXX";
    int fd = mkstemp(path);
    ck_assert_int_ge(fd, 0);
    assert_ok(file_write_all(fd, text.p, text.n, path, e), e);
    close(fd);
    enum err code = patch_read(path, NULL, 1u << 20, reverse, out, e);
    unlink(path);
    return code;
}

/* The first step of a patch on a record. */
static enum err apply(struct str text, bool reverse, struct str record, struct buf *out,
                      struct error *e)
{
    CLEANUP(patch_freep) struct patch *p = NULL;
    TRY(read_patch(text, reverse, &p, e));
    return apply_step(applier, patch_step_at(p, 0), part, record, out, e);
}

static bool equal(struct str a, struct str b)
{
    struct canon_record x, y;
    struct error e = ERROR_INIT;
    assert_ok(canon_record(canon[0], part, a, &x, &e), &e);
    assert_ok(canon_record(canon[1], part, b, &y, &e), &e);
    return str_eq(x.text, y.text);
}

/* ---- any record into any other one */

enum { MEMBERS = 6 };
static const char *const names[MEMBERS] = {"a",     "b/~", "caf\xc3\xa9",
                                           "z\\\"", "",    "10"};
static const char *const steps[MEMBERS] = {"a",     "b~1~0", "caf\\u00e9",
                                           "z\\\"", "",      "10"};

struct object { /* values of its members; empty: not there */
    struct buf values[MEMBERS];
};

static void object_random(struct object *o, const struct object *like, struct dice *d)
{
    for (unsigned i = 0; i < MEMBERS; i++) {
        buf_clear(&o->values[i]);
        if (like && roll(d, 2))
            buf_add_str(&o->values[i], buf_str(&like->values[i]));
        else if (roll(d, 3))
            random_json(d, &o->values[i], 3);
    }
}

static void object_done(struct object *o)
{
    for (unsigned i = 0; i < MEMBERS; i++)
        buf_done(&o->values[i]);
}

static void add_members(const struct object *o, struct buf *out)
{
    for (unsigned i = 0; i < MEMBERS; i++)
        if (o->values[i].n)
            buf_printf(out, ",\"%s\":%.*s", names[i], STR_ARG(buf_str(&o->values[i])));
}

/* {"id":1,members,"deep":{"in":{"x":0,members}}} */
static void add_record(const struct object *o, const struct object *in, struct buf *out)
{
    buf_add_str(out, STR("{\"id\":1"));
    add_members(o, out);
    buf_add_str(out, STR(",\"deep\":{\"in\":{\"x\":0"));
    add_members(in, out);
    buf_add_str(out, STR("}}}"));
}

static unsigned add_changes(const struct object *from, const struct object *to,
                            const char *prefix, struct buf *out)
{
    unsigned n = 0;
    for (unsigned i = 0; i < MEMBERS; i++) {
        struct str a = buf_str(&from->values[i]), b = buf_str(&to->values[i]);
        if (str_eq(a, b))
            continue;
        if (out->p[out->n - 1] != '[')
            buf_add_char(out, ',');
        buf_printf(out, "{\"path\":\"%s/%s\"", prefix, steps[i]);
        if (a.n)
            buf_printf(out, ",\"old\":%.*s", STR_ARG(a));
        if (b.n)
            buf_printf(out, ",\"value\":%.*s", STR_ARG(b));
        buf_add_char(out, '}');
        n++;
    }
    return n;
}

START_TEST(any_record_into_any_other)
{
    struct dice dice = {(uint64_t)_i};
    struct object o[4] = {{{{0}}}}; /* left, within it; right, within it */
    unsigned changes = 0;
    for (unsigned round = 0; round < 40; round++) {
        BUF_SCOPED left = BUF_INIT;
        BUF_SCOPED right = BUF_INIT;
        BUF_SCOPED patch = BUF_INIT;
        BUF_SCOPED made = BUF_INIT;
        BUF_SCOPED undone = BUF_INIT;
        struct error e = ERROR_INIT;
        for (unsigned i = 0; i < 4; i++)
            object_random(&o[i], i < 2 ? NULL : &o[i - 2], &dice);
        add_record(&o[0], &o[1], &left);
        add_record(&o[2], &o[3], &right);
        buf_add_str(&patch, STR(HEAD "{\"op\":\"update\",\"entity\":\"Part\","
                                     "\"key\":[1],\"changes\":["));
        unsigned n = add_changes(&o[0], &o[2], "", &patch);
        n += add_changes(&o[1], &o[3], "/deep/in", &patch);
        buf_add_str(&patch, STR("]}\n"));
        changes += n;
        assert_ok(apply(buf_str(&patch), false, buf_str(&left), &made, &e), &e);
        ck_assert_msg(equal(buf_str(&made), buf_str(&right)), "%s", buf_cstr(&patch));
        assert_ok(apply(buf_str(&patch), true, buf_str(&made), &undone, &e), &e);
        ck_assert_msg(equal(buf_str(&undone), buf_str(&left)), "%s", buf_cstr(&patch));
        buf_clear(&made);
        if (!equal(buf_str(&left), buf_str(&right)))
            ck_assert_int_eq(apply(buf_str(&patch), false, buf_str(&right), &made, &e),
                             ERR_DATA);
    }
    ck_assert_uint_gt(changes, 100);
    for (unsigned i = 0; i < 4; i++)
        object_done(&o[i]);
}
END_TEST

/* ---- guards */

static const struct {
    const char *changes, *record;
    const char *made; /* NULL: refused */
} updates[] = {
    {"{\"path\":\"/cost\",\"old\":1,\"value\":2}", "{\"id\":1,\"cost\":1.00}",
     "{\"id\":1,\"cost\":2}"},
    {"{\"path\":\"/cost\",\"old\":1,\"value\":2}", "{\"id\":1,\"cost\":1.01}", NULL},
    {"{\"path\":\"/cost\",\"old\":1,\"value\":2}", "{\"id\":1}", NULL},
    {"{\"path\":\"/cost\",\"value\":2}", "{\"id\":1}", "{\"id\":1,\"cost\":2}"},
    {"{\"path\":\"/cost\",\"value\":2}", "{\"id\":1,\"cost\":null}", NULL},
    {"{\"path\":\"/cost\",\"old\":null,\"value\":2}", "{\"id\":1,\"cost\":null}",
     "{\"id\":1,\"cost\":2}"},
    {"{\"path\":\"/cost\",\"old\":1}", "{\"id\":1,\"cost\":1}", "{\"id\":1}"},
    {"", "{\"id\":1}", "{\"id\":1}"},
    /* A reference as an object is its key. */
    {"{\"path\":\"/supplierId\",\"old\":7,\"value\":8}",
     "{\"id\":1,\"supplier\":{\"id\":7}}", "{\"id\":1,\"supplierId\":8}"},
    {"{\"path\":\"/supplierId\",\"old\":6,\"value\":8}",
     "{\"id\":1,\"supplier\":{\"id\":7}}", NULL},
    {"{\"path\":\"/cost\",\"value\":8}", "{\"id\":1,\"supplier\":{\"id\":7}}",
     "{\"id\":1,\"cost\":8,\"supplierId\":\"7\"}"},
    {"{\"path\":\"/a\",\"old\":1,\"value\":2},{\"path\":\"/a\",\"old\":1,\"value\":2}",
     "{\"id\":1,\"a\":1}", NULL},
    {"{\"path\":\"/a\",\"old\":{},\"value\":2},{\"path\":\"/a/b\",\"value\":2}",
     "{\"id\":1,\"a\":{}}", NULL},
    {"{\"path\":\"/a/b\",\"value\":2}", "{\"id\":1,\"a\":{}}",
     "{\"id\":1,\"a\":{\"b\":2}}"},
    {"{\"path\":\"/a/b\",\"value\":2}", "{\"id\":1,\"a\":[]}", NULL},
    {"{\"path\":\"/a/b\",\"value\":2}", "{\"id\":1}", NULL},
    {"{\"path\":\"/a/0\",\"old\":1,\"value\":2}", "{\"id\":1,\"a\":[1]}", NULL},
    {"{\"path\":\"\",\"value\":2}", "{\"id\":1}", NULL},
    {"{\"path\":\"a\",\"value\":2}", "{\"id\":1}", NULL},
    {"{\"value\":2}", "{\"id\":1}", NULL},
    {"[]", "{\"id\":1}", NULL},
};

START_TEST(guards)
{
    BUF_SCOPED patch = BUF_INIT;
    BUF_SCOPED made = BUF_INIT;
    struct error e = ERROR_INIT;
    buf_printf(&patch,
               HEAD "{\"op\":\"update\",\"entity\":\"Part\",\"key\":[1],"
                    "\"changes\":[%s]}",
               updates[_i].changes);
    enum err code =
        apply(buf_str(&patch), false, str_of(updates[_i].record), &made, &e);
    ck_assert_msg((code == ERR_OK) == (updates[_i].made != NULL), "%s: %s",
                  updates[_i].changes, e.line);
    ck_assert(code == ERR_OK || (code == ERR_DATA && e.record == 2));
    if (updates[_i].made)
        ck_assert_msg(equal(buf_str(&made), str_of(updates[_i].made)), "%s -> %s",
                      updates[_i].changes, buf_cstr(&made));
}
END_TEST

START_TEST(whole_records)
{
    static const char create[] = HEAD "{\"op\":\"create\",\"entity\":\"Part\","
                                      "\"key\":[1],\"value\":{\"id\":1,\"a\":2}}";
    BUF_SCOPED made = BUF_INIT;
    struct error e = ERROR_INIT;
    assert_ok(apply(STR(create), false, STR(""), &made, &e), &e);
    assert_str_eq("create", buf_str(&made), STR("{\"id\":1,\"a\":2}"));
    buf_clear(&made);
    assert_ok(apply(STR(create), true, STR("{\"a\":2.0,\"id\":\"1\"}"), &made, &e), &e);
    ck_assert_uint_eq(made.n, 0);
    ck_assert_int_eq(apply(STR(create), true, STR("{\"a\":3,\"id\":1}"), &made, &e),
                     ERR_DATA);
}
END_TEST

/* Keys are found whatever their order; what was reversed is. */
START_TEST(many_steps)
{
    BUF_SCOPED text = BUF_INIT;
    struct error e = ERROR_INIT;
    CLEANUP(patch_freep) struct patch *p = NULL;
    buf_add_str(&text, STR(HEAD "\n")); /* empty lines are none */
    for (int i = 0; i < 1000; i++)
        buf_printf(&text,
                   "{\"op\":\"delete\",\"entity\":\"%s\",\"key\":[%d,\"k\"],"
                   "\"old\":{\"n\":%d}}\n",
                   i % 2 ? "Odd" : "Even", i * 7 % 1000 - 500, i);
    assert_ok(read_patch(buf_str(&text), true, &p, &e), &e);
    ck_assert(patch_is_reversed(p) && patch_touches(p, STR("Odd")));
    ck_assert(!patch_touches(p, STR("Part")));
    for (int i = 0; i < 1000; i++) {
        BUF_SCOPED key = BUF_INIT;
        char number[16];
        snprintf(number, sizeof number, "%d", i * 7 % 1000 - 500);
        key_add_integer(&key, str_of(number));
        key_add_string(&key, STR("k"));
        struct patch_step *s = patch_step_at(p, (size_t)i);
        struct str entity = i % 2 ? STR("Odd") : STR("Even");
        ck_assert_ptr_eq(patch_find(p, entity, buf_str(&key)), s);
        ck_assert_ptr_null(patch_find(p, STR("Part"), buf_str(&key)));
        ck_assert(s->op == PATCH_CREATE && s->line == (uint64_t)i + 3);
    }
    ck_assert_ptr_null(patch_step_at(p, 1000));
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_checked_fixture(t, begin, end);
    tcase_add_loop_test(t, any_record_into_any_other, 0, 5);
    tcase_add_loop_test(t, guards, 0, sizeof updates / sizeof *updates);
    tcase_add_test(t, whole_records);
    tcase_add_test(t, many_steps);
}

TEST_MAIN("apply")
