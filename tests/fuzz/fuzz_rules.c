/* Loading a rule pack, YAML or JSON: it loads or is refused in one line, twice the
 * same; what loads has rules that are whole, says the same as JSON, and
 * decides a record the same twice. */
#include "fuzz.h"

#include "crypt/key.h"
#include "doc/doc.h"
#include "match/pattern.h"
#include "schema/schema.h"
#include "scrub/walk.h"
#include "json/emit.h"
#include "json/number.h"

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

static enum err load(struct str text, struct ruleset **out, struct error *e)
{
    *out = ruleset_new();
    TRY(ruleset_add(*out, text, "fuzz.yaml", false, e));
    return ruleset_ready(*out, e);
}

static void same_rules(const struct ruleset *a, const struct ruleset *b)
{
    FUZZ_ASSERT(a->n_rules == b->n_rules && a->n_patterns == b->n_patterns);
    FUZZ_ASSERT(a->n_detectors == b->n_detectors && a->n_keyed == b->n_keyed);
    FUZZ_ASSERT(memcmp(a->digest, b->digest, SHA256_SIZE) == 0);
    FUZZ_ASSERT(memcmp(a->detector_digest, b->detector_digest, SHA256_SIZE) == 0);
    for (size_t i = 0; i < a->n_rules; i++)
        FUZZ_ASSERT(str_eq(a->rules[i]->id, b->rules[i]->id));
}

/* The tree as JSON, members in their order, which the digests depend on; false where a
 * number is none of JSON's or read as another text there. */
static bool write_json(const struct doc_node *n, struct emit *j)
{
    switch (n->kind) {
    case DOC_NULL: emit_null(j); return true;
    case DOC_BOOL: emit_raw(j, n->text); return true;
    case DOC_STRING: emit_string(j, n->text); return true;
    case DOC_NUMBER:
        if (!number_is_integer(n->text) || n->text.n > 18 || str_eq(n->text, STR("-0")))
            return false;
        emit_raw(j, n->text);
        return true;
    case DOC_LIST:
    case DOC_MAP: break;
    }
    bool map = n->kind == DOC_MAP, all = true;
    if (map)
        emit_object(j);
    else
        emit_array(j);
    for (size_t i = 0; i < n->n_items && all; i++) {
        if (map)
            emit_key(j, n->items[i]->key);
        all = write_json(n->items[i], j);
    }
    if (!all)
        return false;
    if (map)
        emit_object_end(j);
    else
        emit_array_end(j);
    return true;
}

static void same_as_json(const struct ruleset *rs, struct str text)
{
    CLEANUP(doc_freep) struct doc *d = NULL;
    CLEANUP(ruleset_freep) struct ruleset *twin = NULL;
    BUF_SCOPED json = BUF_INIT;
    struct emit j;
    struct error e = ERROR_INIT;
    FUZZ_ASSERT(doc_read(text, "fuzz", &d, &e) == ERR_OK);
    emit_init(&j, &json);
    if (!write_json(doc_root(d), &j))
        return;
    FUZZ_ASSERT(load(buf_str(&json), &twin, &e) == ERR_OK);
    same_rules(rs, twin);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_n((const char *)data, size);
    struct error e = ERROR_INIT, f = ERROR_INIT;
    CLEANUP(ruleset_freep) struct ruleset *rs = NULL;
    CLEANUP(ruleset_freep) struct ruleset *again = NULL;
    enum err code = load(text, &rs, &e);
    FUZZ_ASSERT(load(text, &again, &f) == code);
    if (code != ERR_OK) {
        FUZZ_ASSERT(e.line[0] && !strchr(e.line, '\n'));
        FUZZ_ASSERT(strcmp(e.line, f.line) == 0);
        return 0;
    }
    for (size_t i = 0; i < rs->n_rules; i++)
        check_rule(rs->rules[i]);
    same_rules(rs, again);
    same_as_json(rs, text);
    scrub_twice(rs);
    return 0;
}
