/* Two snapshots side by side: every pair as a merge of two arrays has it, and pages
 * that are equal are not read. */
#include "drift/join.h"

#include "archive_made.h"
#include "random_json.h"

#define RECORDS 10000 /* some 40 pages */

/* A record as one side has it; a is 0 where it is not there. */
struct row {
    unsigned a, etag;
};

struct pairs {
    struct row rows[2][RECORDS];
};

static void make(struct made *s, const struct row *rows)
{
    made_begin(s, (struct writer_options){.level = DEFLATE_FAST});
    for (unsigned i = 0; i < RECORDS; i++) {
        unsigned id = (i * 7919) % RECORDS; /* not in order */
        char json[80];
        snprintf(json, sizeof json, "{\"id\":%u,\"a\":%u,\"_etag\":\"%u\"}", id,
                 rows[id].a, rows[id].etag);
        if (rows[id].a)
            made_record(s, "Part", json);
    }
    made_finish(s, "");
}

static bool differs(const struct row *a, const struct row *b, bool steady)
{
    return a->a != b->a || (a->a && !steady && a->etag != b->etag);
}

static unsigned read_id(const struct reader_entry *en)
{
    BUF_SCOPED json = BUF_INIT;
    key_json(&json, en->key);
    return (unsigned)atoi(buf_cstr(&json) + 1);
}

/* How many pages of both sides the other side does not have. */
static uint64_t own_pages(struct reader *const readers[2])
{
    const struct reader_page *pages[2];
    size_t n[2] = {0, 0};
    uint64_t own = 0;
    struct error e = ERROR_INIT;
    for (unsigned i = 0; i < 2; i++)
        if (reader_entity(readers[i], STR("Part")))
            assert_ok(reader_pages(readers[i], STR("Part"), &pages[i], &n[i], &e), &e);
    for (unsigned side = 0; side < 2; side++)
        for (size_t i = 0; i < n[side]; i++) {
            bool found = false;
            for (size_t k = 0; k < n[!side] && !found; k++)
                found = memcmp(pages[side][i].digest, pages[!side][k].digest,
                               SHA256_SIZE) == 0;
            own += !found;
        }
    return own;
}

struct told {
    uint64_t own, pages, read, pairs, volatile_only;
};

static struct told check(const struct pairs *p, struct reader *const readers[2],
                         const struct join_options *o)
{
    CLEANUP(join_freep) struct join *j = NULL;
    struct error e = ERROR_INIT;
    struct told told = {.own = own_pages(readers)};
    assert_ok(join_new(readers[0], readers[1], o, &j, &e), &e);
    for (unsigned id = 0; id < RECORDS; id++) {
        const struct row *a = &p->rows[0][id], *b = &p->rows[1][id];
        struct pair pair;
        bool more;
        if (o->all ? !a->a && !b->a : !differs(a, b, o->steady))
            continue;
        assert_ok(join_next(j, &pair, &more, &e), &e);
        ck_assert_msg(more, "%u", id);
        ck_assert_msg(!pair.left == !a->a && !pair.right == !b->a, "%u", id);
        ck_assert_uint_eq(read_id(pair.left ? pair.left : pair.right), id);
        ck_assert(!pair.left || !pair.right || str_eq(pair.left->key, pair.right->key));
        told.pairs++;
    }
    struct pair pair;
    bool more;
    assert_ok(join_next(j, &pair, &more, &e), &e);
    ck_assert(!more);
    told.pages = join_counts(j)->pages;
    told.read = join_counts(j)->pages_read;
    told.volatile_only = join_counts(j)->volatile_only;
    return told;
}

static struct told compare(const struct pairs *p, bool steady, bool all)
{
    const struct join_options o = {.entity = STR("Part"), .steady = steady, .all = all};
    struct made s[2];
    struct reader *readers[2];
    for (unsigned i = 0; i < 2; i++) {
        make(&s[i], p->rows[i]);
        readers[i] = made_open(&s[i]);
    }
    struct told told = check(p, readers, &o);
    for (unsigned i = 0; i < 2; i++) {
        reader_free(readers[i]);
        made_done(&s[i]);
    }
    ck_assert_uint_gt(told.pages, 20);
    return told;
}

static struct pairs *same(void)
{
    struct pairs *p = calloc(1, sizeof *p);
    for (unsigned i = 0; i < RECORDS; i++)
        p->rows[0][i] = p->rows[1][i] = (struct row){1 + i % 10, 0};
    return p;
}

START_TEST(equal_pages_are_not_read)
{
    struct pairs *p = same();
    struct told told = compare(p, false, false);
    ck_assert_uint_eq(told.read, 0);
    told = compare(p, false, true);
    ck_assert_uint_eq(told.pairs, RECORDS);
    ck_assert_uint_eq(told.read, told.pages);
    free(p);
}
END_TEST

START_TEST(clustered)
{
    struct pairs *p = same();
    for (unsigned i = 0; i < 100; i++)
        p->rows[1][4000 + i].a = 99;
    struct told told = compare(p, false, false);
    ck_assert_uint_eq(told.pairs, 100);
    ck_assert_uint_eq(told.read, told.own); /* no key is new: exactly those */
    ck_assert_uint_lt(told.read, 20);
    free(p);
}
END_TEST

START_TEST(scattered)
{
    struct pairs *p = same();
    for (unsigned i = 0; i < 10; i++)
        p->rows[0][i * 999].a = 99;
    struct told told = compare(p, false, false);
    ck_assert_uint_eq(told.pairs, 10);
    ck_assert_uint_eq(told.read, told.own);
    ck_assert_uint_le(told.read, 20);
    free(p);
}
END_TEST

/* Records come and go: pages are cut elsewhere, and beyond them as before. */
START_TEST(any_difference)
{
    struct dice dice = {(uint64_t)_i};
    struct pairs *p = same();
    uint64_t changes = 1 + roll(&dice, 60);
    for (unsigned i = 0; i < changes; i++) {
        unsigned id = roll(&dice, RECORDS), side = roll(&dice, 2);
        unsigned n = roll(&dice, 4) ? 1 : roll(&dice, 300);
        for (unsigned k = id; k < id + n && k < RECORDS; k++)
            p->rows[side][k].a = roll(&dice, 2) ? 0 : 1 + roll(&dice, 20);
    }
    struct told told = compare(p, roll(&dice, 2), false);
    ck_assert_uint_ge(told.read, told.own);
    ck_assert_uint_le(told.read, told.own + told.pairs);
    free(p);
}
END_TEST

START_TEST(volatile_members)
{
    struct pairs *p = same();
    for (unsigned i = 0; i < RECORDS; i++)
        p->rows[1][i].etag = i % 2; /* all pages differ */
    p->rows[1][4000].a = 99;
    struct told told = compare(p, true, false);
    ck_assert_uint_eq(told.pairs, 1);
    ck_assert_uint_eq(told.read, 2);
    ck_assert_uint_gt(told.volatile_only, 0);
    told = compare(p, false, false);
    ck_assert_uint_gt(told.pairs, RECORDS / 2 - 1);
    free(p);
}
END_TEST

START_TEST(nothing_on_one_side)
{
    struct pairs *p = same();
    memset(p->rows[_i], 0, sizeof p->rows[_i]);
    struct told told = compare(p, false, false);
    ck_assert_uint_eq(told.pairs, RECORDS);
    free(p);
}
END_TEST

/* Records without a key are matched by their content, and counted. */
START_TEST(how_many_equal_ones)
{
    enum { VALUES = 2000 };
    struct dice dice = {7};
    struct made s[2];
    struct reader *readers[2];
    struct error e = ERROR_INIT;
    static unsigned counts[2][VALUES];
    unsigned want = 0, got = 0;
    for (unsigned i = 0; i < 2; i++) {
        made_begin(&s[i], (struct writer_options){.level = DEFLATE_FAST});
        for (unsigned v = 0; v < VALUES; v++) {
            counts[i][v] = roll(&dice, 20) || !i ? 1 + v % 3 : roll(&dice, 4);
            char json[32];
            snprintf(json, sizeof json, "{\"a\":%u}", v);
            for (unsigned n = 0; n < counts[i][v]; n++)
                made_record(&s[i], "Loose", json);
        }
        made_finish(&s[i], "");
        readers[i] = made_open(&s[i]);
    }
    for (unsigned v = 0; v < VALUES; v++)
        want += counts[0][v] != counts[1][v];
    CLEANUP(join_freep) struct join *j = NULL;
    const struct join_options o = {.entity = STR("Loose")};
    assert_ok(join_new(readers[0], readers[1], &o, &j, &e), &e);
    struct pair pair;
    bool more;
    for (;; got++) {
        assert_ok(join_next(j, &pair, &more, &e), &e);
        if (!more)
            break;
        ck_assert(pair.left && pair.left->count >= 1);
        ck_assert(!pair.right || pair.left->count != pair.right->count);
    }
    ck_assert_uint_eq(got, want);
    ck_assert_uint_gt(want, 50);
    for (unsigned i = 0; i < 2; i++) {
        reader_free(readers[i]);
        made_done(&s[i]);
    }
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, equal_pages_are_not_read);
    tcase_add_test(t, clustered);
    tcase_add_test(t, scattered);
    tcase_add_loop_test(t, any_difference, 0, 4);
    tcase_add_test(t, volatile_members);
    tcase_add_loop_test(t, nothing_on_one_side, 0, 2);
    tcase_add_test(t, how_many_equal_ones);
}

TEST_MAIN("join")
