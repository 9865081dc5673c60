/* Ids that were given out anew: who is who, in records that refer to each other. */
#define MADE_SDL                                                             \
    "directive @entity(table: String!) on OBJECT\n"                          \
    "type Person @entity(table: \"persons\", std: false, by: false,\n"       \
    "  naturalKey: [\"email\"]) { id: ID! email: String bossId: ID\n"        \
    "  boss: Person @reference(by: \"bossId\") city: String }\n"             \
    "type Seat @entity(table: \"seats\", std: false, by: false) { id: ID!\n" \
    "  personId: ID person: Person @reference(by: \"personId\") n: Int\n"    \
    "  nextId: ID next: Seat @reference(by: \"nextId\") }\n"
#include "drift/identity.h"

#include "archive_made.h"
#include "random_json.h"

struct pair_of {
    struct made s[2];
    struct reader *readers[2];
    struct identity *identity;
};

static void begin(struct pair_of *p)
{
    for (unsigned i = 0; i < 2; i++)
        made_begin(&p->s[i], (struct writer_options){.level = DEFLATE_FAST});
}

static void match(struct pair_of *p)
{
    struct error e = ERROR_INIT;
    struct drift_side sides[2];
    for (unsigned i = 0; i < 2; i++) {
        made_finish(&p->s[i], "");
        p->readers[i] = made_open(&p->s[i]);
        sides[i] = (struct drift_side){p->readers[i], p->s[i].schema};
    }
    p->identity = identity_new(&sides[0], &sides[1], 16u << 20);
    assert_ok(identity_match(p->identity, &e), &e);
}

static void end(struct pair_of *p)
{
    identity_free(p->identity);
    for (unsigned i = 0; i < 2; i++) {
        reader_free(p->readers[i]);
        made_done(&p->s[i]);
    }
}

static void rewritten(struct pair_of *p, const char *entity, const char *record,
                      const char *want)
{
    const struct entity *en;
    BUF_SCOPED out = BUF_INIT;
    struct error e = ERROR_INIT;
    assert_ok(schema_entity(p->s[1].schema, str_of(entity), &en, &e), &e);
    assert_ok(identity_rewrite(p->identity, en, str_of(record), &out, &e), &e);
    assert_str_eq(record, buf_str(&out), str_of(want));
}

static void csv(const struct pair_of *p, const char *want)
{
    BUF_SCOPED out = BUF_INIT;
    identity_csv(p->identity, &out);
    assert_str_eq("csv", buf_str(&out), str_of(want));
}

#define HEAD "entity,left,right,how\r\n"

START_TEST(natural_keys_and_cycles)
{
    struct pair_of p;
    begin(&p);
    made_record(&p.s[0], "Person", "{\"id\":1,\"email\":\"a\",\"bossId\":2}");
    made_record(&p.s[0], "Person", "{\"id\":2,\"email\":\"b\",\"bossId\":1}");
    made_record(&p.s[0], "Seat", "{\"id\":1,\"personId\":1,\"nextId\":2}");
    made_record(&p.s[0], "Seat", "{\"id\":2,\"nextId\":1}");
    made_record(&p.s[1], "Person", "{\"id\":2,\"email\":\"a\",\"bossId\":1}");
    made_record(&p.s[1], "Person", "{\"id\":1,\"email\":\"b\",\"bossId\":2}");
    made_record(&p.s[1], "Seat", "{\"id\":8,\"personId\":2,\"nextId\":7}");
    made_record(&p.s[1], "Seat", "{\"id\":7,\"nextId\":8}");
    match(&p);
    csv(&p, HEAD "Person,1,2,natural\r\nPerson,2,1,natural\r\n"
                 "Seat,1,8,content\r\nSeat,2,7,content\r\n");
    rewritten(&p, "Person", "{\"id\":2,\"email\":\"a\",\"bossId\":1}",
              "{\"bossId\":2,\"email\":\"a\",\"id\":1}");
    /* In any spelling, as an object, and what refers to nobody. */
    rewritten(&p, "Person", "{\"id\":\"\\u0032\",\"boss\":{\"id\":1.0},\"city\":\"2\"}",
              "{\"boss\":{\"id\":2},\"city\":\"2\",\"id\":\"1\"}");
    rewritten(&p, "Seat", "{\"id\":8,\"personId\":2,\"nextId\":99,\"n\":8}",
              "{\"id\":1,\"n\":8,\"nextId\":99,\"personId\":1}");
    rewritten(&p, "Seat", "{\"id\":null,\"nextId\":[]}", "{\"id\":null,\"nextId\":[]}");
    ck_assert_uint_eq(identity_counts(p.identity)->dangling[1], 1);
    ck_assert_uint_eq(identity_counts(p.identity)->reassigned, 4);
    end(&p);
}
END_TEST

/* A new record under an id that somebody else has on the left. */
START_TEST(an_id_that_is_taken)
{
    struct pair_of p;
    begin(&p);
    made_record(&p.s[0], "Person", "{\"id\":1,\"email\":\"a\"}");
    made_record(&p.s[0], "Person", "{\"id\":2,\"email\":\"b\"}");
    made_record(&p.s[1], "Person", "{\"id\":9,\"email\":\"a\"}");
    made_record(&p.s[1], "Person", "{\"id\":8,\"email\":\"b\"}");
    made_record(&p.s[1], "Person", "{\"id\":1,\"email\":\"c\"}");
    made_record(&p.s[1], "Person", "{\"id\":3,\"email\":\"d\",\"bossId\":1}");
    match(&p);
    rewritten(&p, "Person", "{\"id\":1,\"email\":\"c\"}",
              "{\"email\":\"c\",\"id\":\"new:1\"}");
    rewritten(&p, "Person", "{\"id\":3,\"email\":\"d\",\"bossId\":1}",
              "{\"bossId\":\"new:1\",\"email\":\"d\",\"id\":3}");
    end(&p);
}
END_TEST

/* Equal records are told apart by nothing: a few are guessed, many are not. */
START_TEST(ambiguous)
{
    struct pair_of p;
    unsigned n = _i ? 9 : 2;
    begin(&p);
    for (unsigned i = 0; i < 2; i++) {
        made_record(&p.s[i], "Person",
                    i ? "{\"id\":5,\"email\":\"a\"}" : "{\"id\":4,\"email\":\"a\"}");
        for (unsigned k = 0; k < n; k++) {
            char json[40];
            snprintf(json, sizeof json, "{\"id\":%u,\"n\":1}", 100 * i + k);
            made_record(&p.s[i], "Seat", json);
        }
        made_record(&p.s[i], "Seat",
                    i ? "{\"id\":150,\"n\":2}" : "{\"id\":50,\"n\":2}");
    }
    match(&p);
    ck_assert_uint_eq(identity_counts(p.identity)->matched, _i ? 2 : 4);
    ck_assert_uint_eq(identity_counts(p.identity)->guessed, _i ? 0 : 2);
    ck_assert_uint_eq(identity_counts(p.identity)->ambiguous, _i ? 9 : 0);
    end(&p);
}
END_TEST

/* What has changed and was given another id is guessed, and marked. */
START_TEST(guessed)
{
    struct pair_of p;
    begin(&p);
    made_record(&p.s[0], "Person", "{\"id\":4,\"email\":\"a\"}");
    made_record(&p.s[1], "Person", "{\"id\":5,\"email\":\"a\"}");
    made_record(&p.s[0], "Person", "{\"id\":1,\"email\":\"x\",\"city\":\"Far\"}");
    made_record(&p.s[1], "Person", "{\"id\":7,\"email\":\"y\",\"city\":\"Far\"}");
    match(&p);
    csv(&p, HEAD "Person,4,5,natural\r\nPerson,1,7,guessed\r\n");
    ck_assert_uint_eq(identity_counts(p.identity)->guessed, 1);
    end(&p);
}
END_TEST

/* All ids anew, in a shuffled order: every record is who it was. */
START_TEST(any_permutation)
{
    enum { N = 300 };
    struct dice dice = {(uint64_t)_i};
    struct pair_of p;
    unsigned ids[N];
    begin(&p);
    for (unsigned i = 0; i < N; i++)
        ids[i] = i;
    for (unsigned i = N - 1; i > 0; i--) {
        unsigned k = roll(&dice, i + 1), other = ids[k];
        ids[k] = ids[i];
        ids[i] = other;
    }
    for (unsigned i = 0; i < N; i++) {
        unsigned boss = roll(&dice, N);
        char json[2][80];
        snprintf(json[0], sizeof json[0], "{\"id\":%u,\"email\":\"e%u\",\"bossId\":%u}",
                 i, i, boss);
        snprintf(json[1], sizeof json[1], "{\"id\":%u,\"email\":\"e%u\",\"bossId\":%u}",
                 ids[i], i, ids[boss]);
        made_record(&p.s[0], "Person", json[0]);
        made_record(&p.s[1], "Person", json[1]);
    }
    match(&p);
    ck_assert_uint_eq(identity_counts(p.identity)->matched, N);
    for (unsigned i = 0; i < N; i++) {
        char json[2][40];
        snprintf(json[0], sizeof json[0], "{\"id\":%u,\"bossId\":\"%u\"}", ids[i],
                 ids[N - 1 - i]);
        snprintf(json[1], sizeof json[1], "{\"bossId\":\"%u\",\"id\":%u}", N - 1 - i,
                 i);
        rewritten(&p, "Person", json[0], json[1]);
    }
    end(&p);
}
END_TEST

START_TEST(more_ids_than_memory)
{
    struct pair_of p;
    struct error e = ERROR_INIT;
    begin(&p);
    for (unsigned i = 0; i < 20; i++) {
        char json[40];
        snprintf(json, sizeof json, "{\"id\":%u,\"email\":\"e\"}", i);
        made_record(&p.s[0], "Person", json);
    }
    match(&p);
    const struct drift_side side = {p.readers[0], p.s[0].schema};
    CLEANUP(identity_freep) struct identity *m = identity_new(&side, &side, 1000);
    ck_assert_int_eq(identity_match(m, &e), ERR_LIMIT);
    end(&p);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, natural_keys_and_cycles);
    tcase_add_test(t, an_id_that_is_taken);
    tcase_add_loop_test(t, ambiguous, 0, 2);
    tcase_add_test(t, guessed);
    tcase_add_loop_test(t, any_permutation, 0, 3);
    tcase_add_test(t, more_ids_than_memory);
}

TEST_MAIN("identity")
