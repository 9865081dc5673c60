/* What is referred to: there or not, whatever the cache may hold. */
#define MADE_SDL                                                                 \
    "directive @entity(table: String!) on OBJECT\n"                              \
    "type Part @entity(table: \"parts\", std: false, by: false) { id: ID! }\n"   \
    "type Pair @entity(table: \"pairs\", key: [\"a\", \"b\"], std: false,\n"     \
    "  by: false) { a: ID! b: ID! }\n"                                           \
    "type Lost @entity(table: \"lost\", std: false, by: false) { id: ID! }\n"    \
    "type Line @entity(table: \"lines\", std: false, by: false) { id: ID!\n"     \
    "  partId: ID part: Part @reference(by: \"partId\") pairId: ID pair: Pair\n" \
    "  @reference(by: \"pairId\") lostId: ID lost: Lost\n"                       \
    "  @reference(by: \"lostId\") name: String }\n"
#include "drift/reference.h"

#include "archive_made.h"
#include "schema/key_spec.h"

#define PARTS 3000 /* a dozen pages; the left side has the even ids */

struct both {
    struct made s[2];
    struct reader *readers[2];
    struct drift_side sides[2];
    struct references *references;
};

static void begin(struct both *b, size_t memory)
{
    for (unsigned side = 0; side < 2; side++) {
        made_begin(&b->s[side], (struct writer_options){.level = DEFLATE_FAST});
        for (unsigned i = 0; i < PARTS && side == 0; i += 2) {
            char json[64];
            snprintf(json, sizeof json, i % 4 ? "{\"id\":\"P-%u\"}" : "{\"id\":%u}", i);
            made_record(&b->s[side], "Part", json);
        }
        made_record(&b->s[side], "Line", "{\"id\":1}");
        made_record(&b->s[side], "Pair", "{\"a\":1,\"b\":2}");
        made_finish(&b->s[side], "");
        b->readers[side] = made_open(&b->s[side]);
        b->sides[side] = (struct drift_side){b->readers[side], b->s[side].schema};
    }
    b->references = references_new(b->sides, memory);
}

static void end(struct both *b)
{
    references_free(b->references);
    for (unsigned side = 0; side < 2; side++) {
        reader_free(b->readers[side]);
        made_done(&b->s[side]);
    }
}

static enum reference_target look(struct both *b, unsigned side, const char *field,
                                  const char *json)
{
    const struct type *t = schema_type(b->s[side].schema, STR("Line"));
    struct value v = {.kind = json[0] == '"' ? VALUE_STRING : VALUE_NULL,
                      .text = str_of(json)};
    enum reference_target out;
    struct error e = ERROR_INIT;
    assert_ok(references_look(b->references, side, schema_field(t, str_of(field)), &v,
                              &out, &e),
              &e);
    return out;
}

START_TEST(every_id)
{
    static const size_t memories[] = {0, 3000, 16u << 20};
    struct both b;
    begin(&b, memories[_i]);
    for (unsigned n = 0, i = 0; n < 2 * PARTS; n++, i = (i + 7919) % (PARTS + 100)) {
        char json[64];
        snprintf(json, sizeof json, i % 4 ? "\"P-%u\"" : "\"%u\"", i);
        bool there = i < PARTS && i % 2 == 0;
        ck_assert_msg(look(&b, 0, "partId", json) ==
                          (there ? TARGET_THERE : TARGET_LACKING),
                      "%s", json);
        ck_assert(look(&b, 1, "partId", json) == TARGET_LACKING); /* it has none */
    }
    end(&b);
}
END_TEST

START_TEST(what_nothing_is_known_of)
{
    struct both b;
    begin(&b, 1u << 20);
    ck_assert(look(&b, 0, "partId", "null") == TARGET_UNKNOWN);
    ck_assert(look(&b, 0, "pairId", "\"1\"") == TARGET_UNKNOWN);
    ck_assert(look(&b, 0, "lostId", "\"1\"") == TARGET_UNKNOWN);
    ck_assert(look(&b, 0, "name", "\"1\"") == TARGET_UNKNOWN);
    ck_assert(look(&b, 0, "id", "\"1\"") == TARGET_UNKNOWN);
    ck_assert(look(&b, 0, "partId", "\"\\u0050-2\"") == TARGET_THERE);
    end(&b);
}
END_TEST

START_TEST(keys_of_the_users_choice)
{
    struct both b;
    struct error e = ERROR_INIT;
    begin(&b, 1u << 20);
    assert_ok(schema_set_key(b.s[0].schema, "Part=id/i", &e), &e);
    ck_assert(look(&b, 0, "partId", "\"1\"") == TARGET_UNKNOWN);
    end(&b);
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_loop_test(t, every_id, 0, 3);
    tcase_add_test(t, what_nothing_is_known_of);
    tcase_add_test(t, keys_of_the_users_choice);
}

TEST_MAIN("reference")
