/* Two tenants that come from one: who changed what, as a table of values has it. */
#include "drift/three.h"

#include "archive_made.h"
#include "random_json.h"

enum { BASE, LEFT_SIDE, RIGHT_SIDE, TENANTS };
enum { RECORDS = 400, FIELDS = 3 };
static const char *const fields[FIELDS] = {"a", "b", "name"};

struct tenants { /* 0: not there; a field of -1 is absent */
    int there[TENANTS][RECORDS];
    int values[TENANTS][RECORDS][FIELDS];
};

static void fill(struct tenants *t, struct dice *d)
{
    for (unsigned i = 0; i < RECORDS; i++)
        for (unsigned side = BASE; side < TENANTS; side++) {
            unsigned kind = side == BASE ? 1 : roll(d, 6);
            t->there[side][i] = kind ? t->there[BASE][i] : roll(d, 3) > 0;
            if (side == BASE)
                t->there[side][i] = roll(d, 10) > 0;
            for (unsigned f = 0; f < FIELDS; f++) {
                bool changed = side == BASE || roll(d, 4) == 0;
                t->values[side][i][f] =
                    changed ? (int)roll(d, 4) - 1 : t->values[BASE][i][f];
            }
        }
}

static void make(struct made *s, const struct tenants *t, unsigned side)
{
    made_begin(s, (struct writer_options){.level = DEFLATE_FAST});
    for (unsigned i = 0; i < RECORDS; i++) {
        BUF_SCOPED json = BUF_INIT;
        buf_printf(&json, "{\"id\":%u", i);
        for (unsigned f = 0; f < FIELDS; f++)
            if (t->values[side][i][f] >= 0)
                buf_printf(&json, f == 2 ? ",\"%s\":\"n%d\"" : ",\"%s\":%d", fields[f],
                           t->values[side][i][f]);
        buf_add_char(&json, '}');
        if (t->there[side][i])
            made_record(s, "Part", buf_cstr(&json));
    }
    made_finish(s, "");
}

/* ---- as the table has it */

static enum change_side whose(bool left, bool right, bool same)
{
    return left && right ? (same ? SIDE_SAME : SIDE_CONFLICT)
           : left        ? SIDE_LEFT
           : right       ? SIDE_RIGHT
                         : SIDE_NONE;
}

static bool same_record(const struct tenants *t, unsigned a, unsigned b, unsigned i)
{
    return t->there[a][i] == t->there[b][i] &&
           (!t->there[a][i] ||
            memcmp(t->values[a][i], t->values[b][i], sizeof t->values[a][i]) == 0);
}

/* Of a record that one of the three lacks. */
static enum change_side whose_record(const struct tenants *t, unsigned i)
{
    return whose(!same_record(t, BASE, LEFT_SIDE, i),
                 !same_record(t, BASE, RIGHT_SIDE, i),
                 same_record(t, LEFT_SIDE, RIGHT_SIDE, i));
}

static enum change_side whose_field(const struct tenants *t, unsigned i, unsigned f)
{
    int base = t->values[BASE][i][f], left = t->values[LEFT_SIDE][i][f],
        right = t->values[RIGHT_SIDE][i][f];
    return whose(left != base, right != base, left == right);
}

/* ---- as it is told */

struct told {
    const struct tenants *t;
    uint64_t by_side[SIDES_OF_CHANGE], n;
    bool records[RECORDS][FIELDS + 1];
};

static enum err take(void *ctx, const struct change *c, struct error *e)
{
    struct told *told = ctx;
    const struct tenants *t = told->t;
    unsigned i = (unsigned)atoi(c->key.p + 1), f = 0;
    bool everywhere = true;
    (void)e;
    for (unsigned side = BASE; side < TENANTS; side++)
        everywhere = everywhere && t->there[side][i];
    while (c->path.n && !str_eq(str_from(c->path, 1), str_of(fields[f])))
        f++;
    enum change_side want = everywhere ? whose_field(t, i, f) : whose_record(t, i);
    ck_assert_msg(c->side == want, "%u %.*s: %s, not %s", i, STR_ARG(c->path),
                  side_name(c->side), side_name(want));
    ck_assert(everywhere == (c->path.n > 0) || want == SIDE_CONFLICT);
    unsigned at = c->path.n ? f : FIELDS;
    ck_assert_msg(!told->records[i][at], "%u twice", i);
    told->records[i][at] = true;
    told->by_side[c->side]++;
    told->n++;
    return ERR_OK;
}

static enum err take_entity(void *ctx, const struct change_entity *en, struct error *e)
{
    const struct told *told = ctx;
    (void)e;
    ck_assert_mem_eq(en->by_side, told->by_side, sizeof told->by_side);
    return ERR_OK;
}

/* Every difference is told. */
static void check_whole(const struct told *told)
{
    const struct tenants *t = told->t;
    for (unsigned i = 0; i < RECORDS; i++) {
        bool everywhere =
            t->there[BASE][i] && t->there[LEFT_SIDE][i] && t->there[RIGHT_SIDE][i];
        bool any = told->records[i][FIELDS];
        for (unsigned f = 0; f < FIELDS; f++) {
            any = any || told->records[i][f];
            ck_assert(!everywhere ||
                      told->records[i][f] == (whose_field(t, i, f) != SIDE_NONE));
        }
        ck_assert(everywhere || any == (whose_record(t, i) != SIDE_NONE));
    }
}

START_TEST(whose_change)
{
    struct dice dice = {(uint64_t)_i};
    struct tenants *t = calloc(1, sizeof *t);
    struct told *told = calloc(1, sizeof *told);
    struct made s[TENANTS];
    struct drift_side sides[TENANTS];
    struct reader *readers[TENANTS];
    struct drift_counts counts;
    struct error e = ERROR_INIT;
    CLEANUP(settings_freep) struct settings *settings = settings_new();
    settings->whole = true;
    fill(t, &dice);
    told->t = t;
    for (unsigned i = 0; i < TENANTS; i++) {
        make(&s[i], t, i);
        readers[i] = made_open(&s[i]);
        sides[i] = (struct drift_side){readers[i], s[i].schema};
    }
    const struct change_sink sink = {told, take, take_entity};
    const struct drift_options o = {.sides = {sides[LEFT_SIDE], sides[RIGHT_SIDE]},
                                    .settings = settings,
                                    .memory = 1u << 20};
    assert_ok(three_run(&o, &sides[BASE], NULL, &sink, &counts, &e), &e);
    check_whole(told);
    ck_assert_mem_eq(counts.by_side, told->by_side, sizeof told->by_side);
    for (unsigned side = SIDE_LEFT; side < SIDES_OF_CHANGE; side++)
        ck_assert_uint_gt(told->by_side[side], 5);
    for (unsigned i = 0; i < TENANTS; i++) {
        reader_free(readers[i]);
        made_done(&s[i]);
    }
    free(told);
    free(t);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, whose_change, 0, 4);
}

TEST_MAIN("three")
