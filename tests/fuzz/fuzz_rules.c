/* Loading a rule pack, YAML or JSON: it loads or is refused with a place; what loads
 * has rules that are whole, decides the same twice, and never lets through what a
 * detector of it finds in the pack's own text. */
#include "fuzz.h"

#include "crypt/key.h"
#include "match/pattern.h"
#include "schema/schema.h"
#include "scrub/walk.h"

static void check_rule(const struct rule *r)
{
    FUZZ_ASSERT(r->id.n > 0 && r->id.n <= 64 && r->action && r->types != 0);
    FUZZ_ASSERT(!rule_is_detector(r) || r->value);
    FUZZ_ASSERT(!r->free_text || r->action == &act_keep);
    for (size_t i = 0; i < r->n_checks; i++)
        FUZZ_ASSERT(r->checks[i].check);
}

/* One record that is no snapshot's. */
static enum err walk(struct walker *w, const struct entity *entity, struct str json,
                     struct buf *out, struct canon *canon, struct error *e)
{
    const struct walk_input in = {.entity = entity, .json = json};
    return walk_record(w, &in, out, canon, e);
}

/* A record goes through twice: the same result, or the same refusal. */
static void scrub_twice(const struct ruleset *rs)
{
    static struct schema *schema;
    static struct key *key;
    const struct entity *part;
    struct str record =
        STR("{\"id\":1,\"name\":\"Ana\",\"text\":\"mail a@b.example 4711\","
            "\"list\":[true,null,{\"email\":\"x@y\"}]}");
    if (!schema)
        FUZZ_ASSERT(schema_load(STR("type Part { id: ID! name: String text: String }"),
                                "s", &schema, NULL) == ERR_OK &&
                    key_random(&key, NULL) == ERR_OK);
    FUZZ_ASSERT(schema_entity(schema, STR("Part"), &part, NULL) == ERR_OK);
    struct walk_options o = {
        .rules = rs, .schema = schema, .key = key, .undecided = UNDECIDED_REDACT};
    CLEANUP(walker_freep) struct walker *w = walker_new(&o);
    BUF_SCOPED one = BUF_INIT;
    BUF_SCOPED two = BUF_INIT;
    struct error e = ERROR_INIT;
    enum err first = walk(w, part, record, &one, NULL, &e);
    enum err second = walk(w, part, record, &two, NULL, &e);
    FUZZ_ASSERT(first == second);
    FUZZ_ASSERT(first != ERR_OK || str_eq(buf_str(&one), buf_str(&two)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_n((const char *)data, size);
    struct error e = ERROR_INIT;
    CLEANUP(ruleset_freep) struct ruleset *rs = ruleset_new();
    enum err code = ruleset_add(rs, text, "fuzz.yaml", false, &e);
    if (code == ERR_OK)
        code = ruleset_ready(rs, &e);
    if (code != ERR_OK) {
        FUZZ_ASSERT(e.line[0] && !strchr(e.line, '\n'));
        return 0;
    }
    for (size_t i = 0; i < rs->n_rules; i++)
        check_rule(rs->rules[i]);
    scrub_twice(rs);
    return 0;
}
