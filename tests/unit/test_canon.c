#include "schema/canon.h"

#include "base/alloc.h"
#include "test.h"
#include "json/number.h"

static const char sdl[] =
    "directive @entity(table: String!) on OBJECT scalar DateTime scalar JSONString\n"
    "scalar SlateContent enum Colour { RED DARK_BLUE }\n"
    "interface Std { _etag: String @volatile _updated: DateTime @volatile }\n"
    "interface By { updatedById: Int @volatile\n"
    "  updatedBy: User @reference(by: \"updatedById\") @volatile }\n"
    "union Thing = Part | User\n"
    "type User @entity(table: \"users\") { id: Int! name: String }\n"
    "type Part @entity(table: \"parts\") {\n"
    "  id: Int! partNumber: String cost: Float made: DateTime times: [DateTime]\n"
    "  active: Boolean colour: Colour colours: [Colour] code: ID notes: JSONString\n"
    "  slate: SlateContent ownerId: Int owner: User otherId: Int\n"
    "  other: Part @reference(by: \"otherId\") twin: Part @reference(by: \"otherId\")\n"
    "  mboms: [MBom] thing: Thing note: JSONString notesList: [JSONString]\n"
    "  pageInfo: String cost2: Float Cost: Float }\n"
    "type MBom @entity(table: \"mboms\") { id: Int! made: DateTime part: Part partId: Int\n"
    "  items: [Part] quantity: Float }\n"
    "type Relation @entity(table: \"relations\", key: [\"originId\", \"code\"]) {\n"
    "  originId: Int! code: String origin: Part @reference(by: \"originId\") }\n"
    "type Loose @entity(table: \"loose\", key: [], std: false, by: false) { a: Int }\n"
    "type Bare @entity(table: \"bares\", std: false, by: false) { id: Int a: Int b: ID }\n";

static struct schema *schema;
static struct canon *canon;

static void setup(void)
{
    struct error e = ERROR_INIT;
    assert_ok(schema_load(STR(sdl), "test.graphql", &schema, &e), &e);
    canon = canon_new();
}

static void teardown(void)
{
    canon_free(canon);
    schema_free(schema);
}

static const struct entity *entity(const char *name)
{
    const struct entity *out = NULL;
    struct error e = ERROR_INIT;
    assert_ok(schema_entity(schema, str_of(name), &out, &e), &e);
    return out;
}

static const struct {
    const char *name, *entity, *in, *want;
} table[] = {
    /* 1 */
    {"1 snake", "Part", "{\"part_number\":\"A\"}", "{\"partNumber\":\"A\"}"},
    {"1 camel", "Part", "{\"partNumber\":\"A\"}", "{\"partNumber\":\"A\"}"},
    {"1 both spellings", "Part", "{\"partNumber\":\"A\",\"part_number\":\"A\"}", NULL},
    {"1 unknown keeps its name", "Part", "{\"new_column\":1}", "{\"new_column\":1e0}"},
    {"1 nested", "Part", "{\"mboms\":[{\"part_id\":1}]}",
     "{\"mboms\":[{\"partId\":\"1\"}]}"},
    {"1 escaped name", "Part", "{\"part\\u004eumber\":\"A\"}",
     "{\"partNumber\":\"A\"}"},
    {"1 names by case", "Part", "{\"cost\":1,\"Cost\":2}",
     "{\"Cost\":2e0,\"cost\":1e0}"},
    {"1 unknown entity", "Nix", "{\"b_c\":1,\"a\":2}", "{\"a\":2e0,\"b_c\":1e0}"},
    {"1 twice", "Part", "{\"cost\":1,\"cost\":1}", NULL},
    {"1 unknown twice", "Nix", "{\"a\":1,\"b\":2,\"a\":1}", NULL},
    {"1 unknown twice in order", "Nix", "{\"a\":1,\"a\":1}", NULL},
    {"1 twice in a value", "Part", "{\"slate\":{\"x\":1,\"\\u0078\":2}}", NULL},
    {"1 twice by escape", "Nix", "{\"a\":1,\"\\u0061\":1}", NULL},
    /* 2 */
    {"2 sorted", "Bare", "{\"id\":1,\"a\":2}", "{\"a\":2e0,\"id\":\"1\"}"},
    {"2 known and unknown", "Bare", "{\"zz\":1,\"id\":1,\"B\":2,\"a\":2,\"c\":3}",
     "{\"B\":2e0,\"a\":2e0,\"c\":3e0,\"id\":\"1\",\"zz\":1e0}"},
    {"2 prefix first", "Nix", "{\"ab\":1,\"a\":2,\"abc\":3}",
     "{\"a\":2e0,\"ab\":1e0,\"abc\":3e0}"},
    {"2 by UTF-8, not UTF-16", "Nix", "{\"\xf0\x90\x80\x80\":1,\"\xef\xbf\xbd\":2}",
     "{\"\xef\xbf\xbd\":2e0,\"\xf0\x90\x80\x80\":1e0}"},
    {"2 by text, not by escapes", "Nix", "{\"a\\\"\":1,\"a!\":2,\"a#\":3}",
     "{\"a!\":2e0,\"a\\\"\":1e0,\"a#\":3e0}"},
    {"2 deep", "Nix", "{\"x\":{\"b\":[{\"d\":1,\"c\":2}],\"a\":0}}",
     "{\"x\":{\"a\":0,\"b\":[{\"c\":2e0,\"d\":1e0}]}}"},
    {"2 lists stay", "Nix", "{\"x\":[3,1,2,[],{}]}", "{\"x\":[3e0,1e0,2e0,[],{}]}"},
    {"2 escapes", "Nix", "{\"x\":\"\\u0041\\/\\u000a\\u001F\\u00e9\\ud83d\\ude00\"}",
     "{\"x\":\"A/\\n\\u001f\xc3\xa9\xf0\x9f\x98\x80\"}"},
    {"2 no normalisation", "Nix", "{\"x\":\"e\xcc\x81\"}", "{\"x\":\"e\xcc\x81\"}"},
    {"2 lone surrogate", "Nix", "{\"x\":\"\\ud800\"}", NULL},
    {"2 empty", "Part", " { } ", "{}"},
    /* 3 */
    {"3 point", "Part", "{\"cost\":12.50}", "{\"cost\":1.25e1}"},
    {"3 exponent", "Part", "{\"cost\":1250E-2}", "{\"cost\":1.25e1}"},
    {"3 minus zero", "Part", "{\"cost\":-0}", "{\"cost\":0}"},
    {"3 minus zero point", "Part", "{\"cost\":-0.000}", "{\"cost\":0}"},
    {"3 small", "Part", "{\"cost\":0.00125}", "{\"cost\":1.25e-3}"},
    {"3 negative", "Part", "{\"cost\":-100}", "{\"cost\":-1e2}"},
    {"3 20 characters", "Part", "{\"cost\":12345678901234567890}",
     "{\"cost\":1.234567890123456789e19}"},
    {"3 21 characters", "Part", "{\"cost\":123456789012345678901}",
     "{\"cost\":1.23456789012345678901e20}"},
    {"3 small and long", "Part", "{\"cost\":0.0000000000000000001}",
     "{\"cost\":1e-19}"},
    {"3 no double", "Part", "{\"cost\":0.1000000000000000055511151231257827}",
     "{\"cost\":1.000000000000000055511151231257827e-1}"},
    {"3 never expanded", "Part", "{\"cost\":1e1000000}", "{\"cost\":1e1000000}"},
    {"3 exponent past the limit", "Part", "{\"cost\":1e99999999999}", NULL},
    /* 4 */
    {"4 id number", "Part", "{\"id\":7}", "{\"id\":\"7\"}"},
    {"4 id string", "Part", "{\"id\":\"7\"}", "{\"id\":\"7\"}"},
    {"4 id 7.0", "Part", "{\"id\":7.0}", "{\"id\":\"7\"}"},
    {"4 id 0.7e1", "Part", "{\"id\":0.7e1}", "{\"id\":\"7\"}"},
    {"4 id 1e3", "Part", "{\"id\":1e3}", "{\"id\":\"1000\"}"},
    {"4 id -0", "Part", "{\"id\":-0}", "{\"id\":\"0\"}"},
    {"4 id -70e-1", "Part", "{\"id\":-70e-1}", "{\"id\":\"-7\"}"},
    {"4 id fraction", "Part", "{\"id\":7.5}", "{\"id\":\"7.5e0\"}"},
    {"4 id 0.7", "Part", "{\"id\":0.7}", "{\"id\":\"7e-1\"}"},
    {"4 id huge", "Part", "{\"id\":1e99}", "{\"id\":\"1e99\"}"},
    {"4 id leading zeros", "Part", "{\"id\":\"007\"}", "{\"id\":\"007\"}"},
    {"4 ID", "Part", "{\"code\":12}", "{\"code\":\"12\"}"},
    {"4 reference", "Part", "{\"owner_id\":12}", "{\"ownerId\":\"12\"}"},
    {"4 DateTime offset", "Part", "{\"made\":\"2023-01-01T00:00:00+00:00\"}",
     "{\"made\":\"2023-01-01T00:00:00Z\"}"},
    {"4 DateTime space", "Part", "{\"made\":\"2023-01-01 00:00:00\"}",
     "{\"made\":\"2023-01-01T00:00:00Z\"}"},
    {"4 DateTime +0000", "Part", "{\"made\":\"2023-01-01T00:00:00+0000\"}",
     "{\"made\":\"2023-01-01T00:00:00Z\"}"},
    {"4 DateTime +00", "Part", "{\"made\":\"2023-01-01T00:00:00+00\"}",
     "{\"made\":\"2023-01-01T00:00:00Z\"}"},
    {"4 DateTime zone", "Part", "{\"made\":\"2024-02-29T23:30:00.120000-01:30\"}",
     "{\"made\":\"2024-03-01T01:00:00.12Z\"}"},
    {"4 DateTime zone back", "Part", "{\"made\":\"2023-01-01T00:30:00+05:45\"}",
     "{\"made\":\"2022-12-31T18:45:00Z\"}"},
    {"4 DateTime fraction", "Part", "{\"made\":\"2023-01-01T00:00:00.1234567890123Z\"}",
     "{\"made\":\"2023-01-01T00:00:00.1234567890123Z\"}"},
    {"4 DateTime no fraction", "Part", "{\"made\":\"2023-01-01T00:00:00.000Z\"}",
     "{\"made\":\"2023-01-01T00:00:00Z\"}"},
    {"4 DateTime small letters", "Part", "{\"made\":\"2023-01-01t00:00:00z\"}",
     "{\"made\":\"2023-01-01T00:00:00Z\"}"},
    {"4 DateTime escaped", "Part", "{\"made\":\"2023-01-01\\u002000:00:00\\u005A\"}",
     "{\"made\":\"2023-01-01T00:00:00Z\"}"},
    {"4 DateTime list", "Part", "{\"times\":[\"2023-01-01 00:00:00\",null]}",
     "{\"times\":[\"2023-01-01T00:00:00Z\",null]}"},
    {"4 no such day", "Part", "{\"made\":\"2023-02-29T00:00:00Z\"}",
     "{\"made\":\"2023-02-29T00:00:00Z\"}"},
    {"4 no such day, offset", "Part", "{\"made\":\"2023-02-29T00:00:00+00:00\"}",
     "{\"made\":\"2023-02-29T00:00:00+00:00\"}"},
    {"4 date only", "Part", "{\"made\":\"2023-02-28\"}", "{\"made\":\"2023-02-28\"}"},
    {"4 before the year 0", "Part", "{\"made\":\"0000-01-01T00:00:00+01:00\"}",
     "{\"made\":\"0000-01-01T00:00:00+01:00\"}"},
    {"4 half a zone", "Part", "{\"made\":\"2023-01-01T00:00:00+00:\"}",
     "{\"made\":\"2023-01-01T00:00:00+00:\"}"},
    {"4 point without digits", "Part", "{\"made\":\"2023-01-01T00:00:00.Z\"}",
     "{\"made\":\"2023-01-01T00:00:00.Z\"}"},
    {"4 DateTime in an unknown field", "Part", "{\"x\":\"2023-01-01 00:00:00\"}",
     "{\"x\":\"2023-01-01 00:00:00\"}"},
    {"4 Boolean t", "Part", "{\"active\":\"t\"}", "{\"active\":true}"},
    {"4 Boolean FALSE", "Part", "{\"active\":\"FALSE\"}", "{\"active\":false}"},
    {"4 Boolean true", "Part", "{\"active\":true}", "{\"active\":true}"},
    {"4 Boolean yes", "Part", "{\"active\":\"yes\"}", "{\"active\":\"yes\"}"},
    {"4 Boolean in a String", "Part", "{\"partNumber\":\"t\"}",
     "{\"partNumber\":\"t\"}"},
    {"4 enum", "Part", "{\"colour\":\"dark_blue\"}", "{\"colour\":\"DARK_BLUE\"}"},
    {"4 enum list", "Part", "{\"colours\":[\"Red\",\"DARK_BLUE\"]}",
     "{\"colours\":[\"RED\",\"DARK_BLUE\"]}"},
    {"4 enum with an escape", "Part", "{\"colour\":\"a\\nb\\u0001c\"}",
     "{\"colour\":\"A\\nB\\u0001C\"}"},
    {"4 JSONString", "Part",
     "{\"notes\":\"{\\\"b\\\": 1.0, \\\"a\\\": [true, null]}\"}",
     "{\"notes\":{\"a\":[true,null],\"b\":1e0}}"},
    {"4 JSONString as JSON", "Part", "{\"notes\":{\"b\":1,\"a\":[true,null]}}",
     "{\"notes\":{\"a\":[true,null],\"b\":1e0}}"},
    {"4 JSONString that is none", "Part", "{\"notes\":\"{\\\"b\\\": 1.0, oh\"}",
     "{\"notes\":\"{\\\"b\\\": 1.0, oh\"}"},
    {"4 JSONString twice the same", "Part", "{\"notes\":\"{\\\"b\\\":1,\\\"b\\\":1}\"}",
     "{\"notes\":\"{\\\"b\\\":1,\\\"b\\\":1}\"}"},
    {"4 JSONString past the limit", "Part", "{\"notes\":\"[1e99999999999]\",\"id\":1}",
     "{\"id\":\"1\",\"notes\":\"[1e99999999999]\"}"},
    {"4 JSONString not one value", "Part", "{\"notes\":\"{} {}\"}",
     "{\"notes\":\"{} {}\"}"},
    {"4 JSONString empty", "Part", "{\"notes\":\"\"}", "{\"notes\":\"\"}"},
    {"4 JSONString list", "Part", "{\"notesList\":[\"[2]\",\"x\",\"{}\"]}",
     "{\"notesList\":[[2e0],\"x\",{}]}"},
    {"4 JSONString keeps all", "Part", "{\"notes\":\"{\\\"cursor\\\":1}\"}",
     "{\"notes\":{\"cursor\":1e0}}"},
    {"4 any", "Part", "{\"slate\":{\"id\":7,\"colour\":\"red\",\"cursor\":1,\"a\":[]}}",
     "{\"slate\":{\"a\":[],\"colour\":\"red\",\"cursor\":1e0,\"id\":7e0}}"},
    {"4 unknown id stands", "Nix", "{\"id\":7}", "{\"id\":7e0}"},
    /* 5 */
    {"5 null", "Part", "{\"partNumber\":null}", "{\"partNumber\":null}"},
    {"5 absent", "Part", "{}", "{}"},
    {"5 empty", "Part", "{\"partNumber\":\"\"}", "{\"partNumber\":\"\"}"},
    /* 6 */
    {"6 foo", "Part", "{\"owner\":{\"id\":7}}", "{\"ownerId\":\"7\"}"},
    {"6 fooId", "Part", "{\"ownerId\":7}", "{\"ownerId\":\"7\"}"},
    {"6 string", "Part", "{\"owner\":{\"id\":\"7\"}}", "{\"ownerId\":\"7\"}"},
    {"6 __typename", "Part", "{\"owner\":{\"__typename\":\"User\",\"id\":7}}",
     "{\"ownerId\":\"7\"}"},
    {"6 both", "Part", "{\"owner\":{\"id\":7},\"ownerId\":\"7\"}",
     "{\"ownerId\":\"7\"}"},
    {"6 both, id first", "Part", "{\"owner_id\":7,\"owner\":{\"id\":\"7\"}}",
     "{\"ownerId\":\"7\"}"},
    {"6 different", "Part", "{\"owner\":{\"id\":8},\"ownerId\":\"7\"}",
     "{\"owner\":{\"id\":\"8\"},\"ownerId\":\"7\"}"},
    {"6 null", "Part", "{\"owner\":null}", "{\"ownerId\":null}"},
    {"6 null both", "Part", "{\"ownerId\":null,\"owner\":null}", "{\"ownerId\":null}"},
    {"6 null and value", "Part", "{\"owner\":null,\"ownerId\":1}",
     "{\"owner\":null,\"ownerId\":\"1\"}"},
    {"6 more members", "Part", "{\"owner\":{\"id\":7,\"name\":\"x\"}}",
     "{\"owner\":{\"id\":\"7\",\"name\":\"x\"}}"},
    {"6 another member", "Part", "{\"owner\":{\"name\":\"x\"}}",
     "{\"owner\":{\"name\":\"x\"}}"},
    {"6 empty", "Part", "{\"owner\":{}}", "{\"owner\":{}}"},
    {"6 id is no scalar", "Part", "{\"owner\":{\"id\":[1]}}",
     "{\"owner\":{\"id\":[\"1\"]}}"},
    {"6 two relations", "Part", "{\"twin\":{\"id\":2},\"other\":{\"id\":1}}",
     "{\"otherId\":\"1\",\"twin\":{\"id\":\"2\"}}"},
    {"6 two relations turned", "Part", "{\"other\":{\"id\":1},\"twin\":{\"id\":2}}",
     "{\"otherId\":\"1\",\"twin\":{\"id\":\"2\"}}"},
    {"6 two equal", "Part", "{\"twin\":{\"id\":1},\"other\":{\"id\":1}}",
     "{\"otherId\":\"1\"}"},
    {"6 nested", "Part", "{\"mboms\":[{\"part\":{\"id\":1},\"id\":2}]}",
     "{\"mboms\":[{\"id\":\"2\",\"partId\":\"1\"}]}"},
    {"6 a list is none", "Part", "{\"mboms\":[{\"id\":2}]}",
     "{\"mboms\":[{\"id\":\"2\"}]}"},
    /* 7 */
    {"7 envelope", "Part",
     "{\"__typename\":\"Part\",\"cursor\":\"x\",\"_MbomsCount\":{\"a\":[1,{}]},\"id\":1}",
     "{\"id\":\"1\"}"},
    {"7 defined by the type", "Part", "{\"pageInfo\":\"x\"}", "{\"pageInfo\":\"x\"}"},
    {"7 unknown entity", "Nix", "{\"pageInfo\":{\"a\":{}},\"a\":1}", "{\"a\":1e0}"},
    {"7 union", "Part", "{\"thing\":{\"__typename\":\"User\",\"name\":\"x\"}}",
     "{\"thing\":{\"name\":\"x\"}}"},
    {"7 connection", "Part",
     "{\"mboms\":{\"pageInfo\":{\"a\":1},\"edges\":[{\"cursor\":\"a\",\"node\":{\"id\":1,"
     "\"__typename\":\"MBom\"}},{\"node\":{\"made\":\"2023-01-01 00:00:00\",\"id\":2}}]}}",
     "{\"mboms\":[{\"id\":\"1\"},{\"id\":\"2\",\"made\":\"2023-01-01T00:00:00Z\"}]}"},
    {"7 connection in a connection", "Part",
     "{\"mboms\":{\"edges\":[{\"node\":{\"items\":{\"edges\":[{\"node\":{\"id\":3}}]}}},"
     "{\"node\":{\"items\":{\"edges\":[]},\"id\":1}}]},\"id\":5}",
     "{\"id\":\"5\",\"mboms\":[{\"items\":[{\"id\":\"3\"}]},{\"id\":\"1\",\"items\":[]}]}"},
    {"7 no edges", "Part", "{\"mboms\":{\"edges\":[]}}", "{\"mboms\":[]}"},
    {"7 a null node", "Part", "{\"mboms\":{\"edges\":[{\"node\":null}]}}",
     "{\"mboms\":[null]}"},
    {"7 an edge with more", "Part",
     "{\"mboms\":{\"edges\":[{\"node\":{\"id\":1}},"
     "{\"node\":{\"id\":2},\"weight\":1}]}}",
     "{\"mboms\":{\"edges\":[{\"node\":{\"id\":\"1\"}},"
     "{\"node\":{\"id\":\"2\"},\"weight\":1e0}]}}"},
    {"7 more than edges", "Part",
     "{\"mboms\":{\"x\":1,\"edges\":[{\"node\":{\"id\":1}}]}}",
     "{\"mboms\":{\"edges\":[{\"node\":{\"id\":\"1\"}}],\"x\":1e0}}"},
    {"7 null edges", "Part", "{\"mboms\":{\"edges\":null}}",
     "{\"mboms\":{\"edges\":null}}"},
    {"7 edges of an unknown field", "Part", "{\"x\":{\"edges\":[{\"node\":1}]}}",
     "{\"x\":{\"edges\":[{\"node\":1e0}]}}"},
    /* not a record */
    {"a list", "Part", "[]", NULL},
    {"a number", "Part", "1", NULL},
    {"two", "Part", "{}{}", NULL},
    {"cut", "Part", "{\"id\":1", NULL},
};

START_TEST(rules)
{
    struct canon_record r;
    struct error e = ERROR_INIT;
    enum err err =
        canon_record(canon, entity(table[_i].entity), str_of(table[_i].in), &r, &e);
    if (!table[_i].want) {
        ck_assert_msg(err != ERR_OK, "%s: accepted", table[_i].name);
        ck_assert_msg(e.line[0], "%s: no message", table[_i].name);
        return;
    }
    ck_assert_msg(err == ERR_OK, "%s: %s", table[_i].name, e.line);
    assert_str_eq(table[_i].name, r.text, str_of(table[_i].want));
}
END_TEST

static const struct {
    const char *name, *entity, *in, *want; /* want: the parts, NULL none */
} keys[] = {
    {"number", "Part", "{\"id\":7}", "7"},
    {"string", "Part", "{\"id\":\"7\"}", "7"},
    {"7.0", "Part", "{\"id\":7.0}", "7"},
    {"zeros", "Part", "{\"id\":\"007\"}", "'007"},
    {"missing", "Part", "{\"cost\":7}", NULL},
    {"null", "Part", "{\"id\":null}", NULL},
    {"an object", "Part", "{\"id\":{}}", NULL},
    {"composite", "Relation", "{\"code\":\"7\",\"originId\":-3}", "-3 '7"},
    {"composite by reference", "Relation", "{\"code\":\"a\",\"origin\":{\"id\":3}}",
     "3 'a"},
    {"composite by both", "Relation",
     "{\"origin_id\":3,\"code\":\"a\",\"origin\":{\"id\":3}}", "3 'a"},
    {"part missing", "Relation", "{\"code\":\"a\"}", NULL},
    {"last part null", "Relation", "{\"originId\":1,\"code\":null}", NULL},
    {"escaped", "Relation", "{\"originId\":1,\"code\":\"a\\nb\"}", "1 'a\nb"},
    {"unknown entity", "Nix", "{\"x\":1,\"id\":7}", "7"},
    {"unknown entity, string", "Nix", "{\"x\":1,\"id\":\"x\"}", "'x"},
    {"unknown entity, none", "Nix", "{\"x\":1}", NULL},
    {"no key in the schema", "Loose", "{\"a\":1}", NULL},
    {"no key but an id", "Loose", "{\"a\":1,\"id\":4}", "4"},
};

START_TEST(key_of_record)
{
    struct canon_record r;
    struct error e = ERROR_INIT;
    assert_ok(canon_record(canon, entity(keys[_i].entity), str_of(keys[_i].in), &r, &e),
              &e);
    BUF_SCOPED want = BUF_INIT;
    for (const char *p = keys[_i].want; p && *p;) {
        size_t n = strcspn(p, " ");
        if (*p == '\'')
            key_add_string(&want, str_n(p + 1, n - 1));
        else
            key_add_integer(&want, str_n(p, n));
        p += n + (p[n] == ' ');
    }
    assert_str_eq(keys[_i].name, r.key, buf_str(&want));
}
END_TEST

/* In the order that their keys must have. */
static const char *const ordered[] = {
    "-340282366920938463463374607431768211456",
    "-18446744073709551616",
    "-18446744073709551615",
    "-65536",
    "-65535",
    "-256",
    "-255",
    "-2",
    "-1",
    "0",
    "1",
    "2",
    "9",
    "10",
    "255",
    "256",
    "65535",
    "65536",
    "16777216",
    "4294967295",
    "4294967296",
    "999999999999999999",
    "18446744073709551615",
    "18446744073709551616",
    "340282366920938463463374607431768211456",
};
#define N_ORDERED (sizeof ordered / sizeof *ordered)

START_TEST(integer_keys_order_as_numbers)
{
    BUF_SCOPED before = BUF_INIT, b = BUF_INIT;
    key_add_integer(&before, str_of(ordered[_i]));
    for (size_t k = (size_t)_i + 1; k < N_ORDERED; k++) {
        buf_clear(&b);
        key_add_integer(&b, str_of(ordered[k]));
        ck_assert_msg(str_cmp(buf_str(&before), buf_str(&b)) < 0, "%s < %s",
                      ordered[_i], ordered[k]);
    }
    buf_clear(&b);
    key_add_string(&b, STR(""));
    ck_assert(str_cmp(buf_str(&before), buf_str(&b)) < 0);
}
END_TEST

START_TEST(long_integer_keys_order_as_numbers)
{
    char digits[NUMBER_DIGITS + 2];
    BUF_SCOPED before = BUF_INIT, b = BUF_INIT;
    for (int negative = 0; negative < 2; negative++)
        for (size_t n = 1; n <= NUMBER_DIGITS; n += n < 300 ? 1 : 509) {
            memset(digits, '9', sizeof digits);
            digits[0] = '-';
            struct str s = str_n(digits + !negative, n + (size_t)negative);
            buf_clear(&b);
            key_add_integer(&b, s);
            int order = str_cmp(buf_str(&before), buf_str(&b));
            if (n > 1)
                ck_assert_msg(negative ? order > 0 : order < 0, "%zu digits", n);
            buf_clear(&before);
            buf_add_str(&before, buf_str(&b));
        }
}
END_TEST

START_TEST(key_bytes)
{
    BUF_SCOPED b = BUF_INIT;
    key_add_integer(&b, STR("0"));
    key_add_integer(&b, STR("258"));
    key_add_integer(&b, STR("-258"));
    key_add_integer(&b, STR("-0"));
    key_add_string(&b, str_n("a\0b", 3));
    assert_str_eq("bytes", buf_str(&b),
                  STR("\1\x80\1\x82\1\2\1\x7d\xfe\xfd\1\x80\2a\0\xff"
                      "b\0\0"));
}
END_TEST

START_TEST(key_limit)
{
    struct canon_record r;
    struct error e = ERROR_INIT;
    /* tag, text, two bytes of end; the part before takes three */
    size_t most = CANON_KEY - 3 - 3;
    for (size_t over = 0; over < 2; over++) {
        BUF_SCOPED b = BUF_INIT;
        buf_printf(&b, "{\"originId\":1,\"code\":\"");
        memset(buf_room(&b, most + over), 'x', most + over);
        b.n += most + over;
        buf_printf(&b, "\"}");
        enum err err = canon_record(canon, entity("Relation"), buf_str(&b), &r, &e);
        ck_assert_int_eq(err, over ? ERR_LIMIT : ERR_OK);
    }
}
END_TEST

/* ---- properties */

static uint64_t random_state;

static unsigned roll(unsigned n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (unsigned)(random_state >> 33) % n;
}

static const char *pick(const char *const *of)
{
    unsigned n = 0;
    while (of[n])
        n++;
    return of[roll(n)];
}

/* One record in every spelling: each member a list of names and one of values. */
static const struct {
    const char *names[3], *values[8];
} spellings[] = {
    {{"id"}, {"7", "\"7\"", "7.0", "70e-1", "0.7E+1"}},
    {{"partNumber", "part_number"}, {"\"A/B\"", "\"\\u0041\\/B\"", "\"A\\u002fB\""}},
    {{"cost"}, {"12.5", "12.50", "1.25e1", "125E-1", "0.0125e3"}},
    {{"made"},
     {"\"2023-01-01T00:00:00Z\"", "\"2023-01-01 00:00:00+00\"",
      "\"2023-01-01T01:00:00.000+0100\"", "\"2022-12-31T19:30:00-04:30\""}},
    {{"active"}, {"true", "\"t\"", "\"TRUE\"", "\"True\""}},
    {{"colour"}, {"\"RED\"", "\"red\"", "\"r\\u0065D\""}},
    {{"code"}, {"12", "\"12\"", "1.2e1"}},
    {{"notes"}, {"\"{\\\"a\\\":1,\\\"b\\\":[]}\"", "{\"b\":[ ],\"a\":1.0}"}},
    {{"times"},
     {"[ \"2023-01-01 00:00:00\", null]", "[\"2023-01-01T00:00:00.0Z\",null]"}},
    {{"slate"}, {"{\"a\":{\"x\":1},\"b\":2}", "{\"b\" : 20e-1,\"a\":{\"x\":1.0}}"}},
    {{"un known"}, {"\"\\u00e9\"", "\"\xc3\xa9\""}},
    {{"mboms"},
     {"[{\"id\":1,\"quantity\":2.0}]", "[{\"quantity\":2,\"id\":\"1\"}]",
      "{\"edges\":[{\"node\":{\"quantity\":2,\"id\":\"1\",\"__typename\":\"MBom\"}}]}"}},
    {{"_etag"}, {"\"e\""}},
};
#define N_SPELLINGS (sizeof spellings / sizeof *spellings)

/* The same reference in its three forms, and the volatile one. */
static void add_references(struct buf *b)
{
    static const char *const owner[] = {"\"ownerId\":4", "\"owner_id\":\"4\"",
                                        "\"owner\":{\"id\":4}",
                                        "\"owner\":{\"id\":\"4\"},\"ownerId\":4", NULL};
    static const char *const updated[] = {
        "\"updatedById\":9", "\"updated_by\":{\"__typename\":\"User\",\"id\":9.0}",
        NULL};
    static const char *const spare[] = {"\"cursor\":\"abc\"",
                                        "\"_MbomsCount\":{\"a\":[1]}",
                                        "\"__typename\":\"Part\"", NULL};
    buf_printf(b, ",%s,%s,%s", pick(owner), pick(updated), pick(spare));
}

static void random_spelling(struct buf *b)
{
    static const char *const space[] = {"", " ", "\n\t", NULL};
    unsigned order[N_SPELLINGS];
    for (unsigned i = 0; i < N_SPELLINGS; i++) {
        unsigned k = roll(i + 1);
        order[i] = order[k];
        order[k] = i;
    }
    buf_clear(b);
    buf_add_char(b, '{');
    for (unsigned i = 0; i < N_SPELLINGS; i++)
        buf_printf(b, "%s%s\"%s\"%s:%s%s", i ? "," : "", pick(space),
                   pick(spellings[order[i]].names), pick(space), pick(space),
                   pick(spellings[order[i]].values));
    add_references(b);
    buf_add_char(b, '}');
}

START_TEST(spelling_does_not_matter)
{
    struct canon_record r, first = {0};
    struct error e = ERROR_INIT;
    BUF_SCOPED b = BUF_INIT;
    BUF_SCOPED text = BUF_INIT;
    random_state = 1;
    for (int i = 0; i < 2000; i++) {
        random_spelling(&b);
        assert_ok(canon_record(canon, entity("Part"), buf_str(&b), &r, &e), &e);
        if (i == 0) {
            first = r;
            buf_add_str(&text, r.text);
        }
        assert_str_eq("spelling", r.text, buf_str(&text));
        ck_assert_mem_eq(r.fingerprint, first.fingerprint, HASH_FINGERPRINT);
        ck_assert_uint_eq(r.steady, first.steady);
    }
    /* A canonical record is not its own spelling (1.25e1 is, "7" is): once more is the
     * same. */
    assert_ok(canon_record(canon, entity("Part"), buf_str(&text), &r, &e), &e);
    assert_str_eq("again", r.text, buf_str(&text));
}
END_TEST

START_TEST(a_value_does_matter)
{
    struct canon_record r;
    struct error e = ERROR_INIT;
    static const char *const different[] = {
        "{\"id\":7}",
        "{\"id\":70}",
        "{\"id\":null}",
        "{}",
        "{\"code\":7}",
        "{\"partNumber\":\"7\"}",
        "{\"partNumber\":\"t\"}",
        "{\"cost\":7}",
        "{\"cost\":\"7\"}",
        "{\"x\":7}",
        "{\"x\":\"7\"}",
        "{\"mboms\":[1,2]}",
        "{\"mboms\":[2,1]}",
        "{\"mboms\":[]}",
        "{\"ownerId\":7}",
        "{\"owner\":{\"name\":1}}",
    };
    uint8_t prints[16][HASH_FINGERPRINT];
    for (int i = 0; i < 16; i++) {
        assert_ok(canon_record(canon, entity("Part"), str_of(different[i]), &r, &e),
                  &e);
        memcpy(prints[i], r.fingerprint, HASH_FINGERPRINT);
        for (int k = 0; k < i; k++)
            ck_assert_msg(memcmp(prints[k], prints[i], HASH_FINGERPRINT) != 0,
                          "%s and %s", different[k], different[i]);
    }
}
END_TEST

static const struct {
    const char *name, *in, *without;
} steady[] = {
    {"none", "{\"id\":1,\"cost\":2}", "{\"cost\":2e0,\"id\":\"1\"}"},
    {"first", "{\"_etag\":\"x\",\"cost\":1}", "{\"cost\":1e0}"},
    {"last", "{\"cost\":1,\"updatedById\":1}", "{\"cost\":1e0}"},
    {"between", "{\"updatedById\":3,\"x\":1,\"cost\":1}", "{\"cost\":1e0,\"x\":1e0}"},
    {"several",
     "{\"Cost\":1,\"_etag\":\"x\",\"_updated\":\"y\",\"cost\":2,\"updatedBy\":null,"
     "\"v\":1,\"w\":2}",
     "{\"Cost\":1e0,\"cost\":2e0,\"v\":1e0,\"w\":2e0}"},
    {"all", "{\"_etag\":\"x\",\"_updated\":\"y\"}", "{}"},
    {"empty", "{}", "{}"},
    {"deep ones count", "{\"mboms\":[{\"_etag\":\"x\"}]}",
     "{\"mboms\":[{\"_etag\":\"x\"}]}"},
};

START_TEST(steady_leaves_volatile_members_out)
{
    struct canon_record r;
    struct error e = ERROR_INIT;
    assert_ok(canon_record(canon, entity("Part"), str_of(steady[_i].in), &r, &e), &e);
    ck_assert_msg(r.steady == hash64(str_of(steady[_i].without)), "%s",
                  steady[_i].name);
    assert_ok(canon_record(canon, entity("Bare"), str_of(steady[_i].in), &r, &e), &e);
    ck_assert_msg(r.steady == 0, "%s: no volatile fields", steady[_i].name);
}
END_TEST

/* Many members, which no type knows: order, twice, and time (a quadratic sort of these
 * would need minutes under sanitizers). */
START_TEST(many_members)
{
    enum { N = 200000 };
    struct canon_record r;
    struct error e = ERROR_INIT;
    BUF_SCOPED b = BUF_INIT;
    BUF_SCOPED want = BUF_INIT;
    for (int i = 0; i < N; i++) {
        buf_printf(&b, "%c\"%06d\":1", i ? ',' : '{', N - 1 - i);
        buf_printf(&want, "%c\"%06d\":1e0", i ? ',' : '{', i);
    }
    buf_add_char(&want, '}');
    size_t open = b.n;
    buf_printf(&b, "}");
    assert_ok(canon_record(canon, entity("Nix"), buf_str(&b), &r, &e), &e);
    ck_assert(str_eq(r.text, buf_str(&want)));
    b.n = open;
    buf_printf(&b, ",\"100000\":2}");
    ck_assert_int_eq(canon_record(canon, entity("Nix"), buf_str(&b), &r, &e), ERR_DATA);
    ck_assert_ptr_null(strstr(e.line, "100000"));
}
END_TEST

static void nest(struct buf *b, size_t levels)
{
    for (size_t i = 0; i < levels; i++)
        buf_printf(b, "[");
    for (size_t i = 0; i < levels; i++)
        buf_printf(b, "]");
}

START_TEST(nesting)
{
    struct canon_record r;
    struct error e = ERROR_INIT;
    for (int over = 0; over < 2; over++) {
        BUF_SCOPED b = BUF_INIT;
        buf_printf(&b, "{\"notes\":");
        nest(&b, SCAN_DEPTH - 1 + (size_t)over);
        buf_printf(&b, "}");
        enum err err = canon_record(canon, entity("Part"), buf_str(&b), &r, &e);
        ck_assert_msg((err != ERR_OK) == over, "%d over", over);
        buf_clear(&b);
        buf_printf(&b, "{\"notes\":\"");
        nest(&b, SCAN_DEPTH + (size_t)over);
        buf_printf(&b, "\"}");
        assert_ok(canon_record(canon, entity("Part"), buf_str(&b), &r, &e), &e);
        ck_assert_msg((r.text.p[strlen("{\"notes\":")] == '"') == over, "%d over",
                      over);
    }
}
END_TEST

/* Fed by hand with fields of another type and after an error. */
START_TEST(events)
{
    struct canon_record r;
    struct error e = ERROR_INIT;
    const struct type *part = schema_type(schema, STR("Part"));
    const struct field *made = schema_field(part, STR("made"));
    canon_begin(canon, entity("MBom"));
    canon_object(canon);
    canon_key(canon, made, STR("ignored"));
    canon_string(canon, STR("2023-01-01 00:00:00"), false);
    canon_key(canon, NULL, STR("part_id"));
    canon_number(canon, STR("4"));
    canon_object_end(canon);
    assert_ok(canon_end(canon, &r, &e), &e);
    assert_str_eq("events", r.text,
                  STR("{\"made\":\"2023-01-01T00:00:00Z\",\"partId\":\"4\"}"));

    canon_begin(canon, entity("MBom"));
    canon_object(canon);
    canon_key(canon, NULL, STR("a"));
    canon_string(canon, STR("\\ud800"), true);
    canon_key(canon, NULL, STR("b"));
    canon_array(canon);
    canon_null(canon);
    canon_array_end(canon);
    canon_object_end(canon);
    ck_assert_int_eq(canon_end(canon, &r, &e), ERR_DATA);

    canon_begin(canon, entity("MBom"));
    ck_assert_int_eq(canon_end(canon, &r, &e), ERR_DATA);
    assert_ok(canon_record(canon, entity("MBom"), STR("{\"id\":1}"), &r, &e), &e);
    assert_str_eq("after an error", r.text, STR("{\"id\":\"1\"}"));
}
END_TEST

#define LOOP(tcase, test, items) \
    tcase_add_loop_test(tcase, test, 0, (int)(sizeof(items) / sizeof *(items)))

static void cases(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    LOOP(tcase, rules, table);
    LOOP(tcase, key_of_record, keys);
    LOOP(tcase, integer_keys_order_as_numbers, ordered);
    LOOP(tcase, steady_leaves_volatile_members_out, steady);
    tcase_add_test(tcase, long_integer_keys_order_as_numbers);
    tcase_add_test(tcase, key_bytes);
    tcase_add_test(tcase, key_limit);
    tcase_add_test(tcase, spelling_does_not_matter);
    tcase_add_test(tcase, a_value_does_matter);
    tcase_add_test(tcase, many_members);
    tcase_add_test(tcase, nesting);
    tcase_add_test(tcase, events);
}

TEST_MAIN("canon")
