/*
 * Patches: keyed ones and those of the RFCs, on any record.
 *
 * The first line is a record or document. With a keyed patch behind it, what a step
 * makes of the record is undone by the reverse; else the second line is an RFC 6902 or
 * RFC 7396 patch: the result is JSON, a refusal adds nothing, and the delta of document
 * and result makes the result again.
 */
#include "fuzz.h"

#include <sys/mman.h>
#include <unistd.h>

#include "drift/apply.h"
#include "drift/json_delta.h"
#include "drift/json_patch.h"
#include "drift/json_tree.h"

#define MEMORY (1u << 20) /* of the steps of a patch */
#define STEPS  64         /* of one text that are tried */

static const char sdl[] =
    "directive @entity(table: String!) on OBJECT scalar Any scalar DateTime\n"
    "interface Std { _etag: String @volatile }\n"
    "type Part @entity(table: \"parts\", by: false) { id: ID! partNumber: String\n"
    "  cost: Float ok: Boolean at: DateTime tags: [String] lines: [Line] any: Any\n"
    "  supplierId: ID supplier: Part @reference(by: \"supplierId\") }\n"
    "type Line @entity(table: \"lines\", key: [\"order\", \"code\"], std: false,\n"
    "  by: false) { order: Int! code: String! a: Int part: Part }\n";

static struct schema *schema;
static struct applier *applier;
static struct canon *canons[2];
static int file; /* the patch, in memory */
static char path[64];
static const char *temp; /* for spools: where no disk is waited for, if there is that */

static void leave(void)
{
    canon_free(canons[0]);
    canon_free(canons[1]);
    applier_free(applier);
    schema_free(schema);
    close(file);
}

static void enter(void)
{
    FUZZ_ASSERT(schema_load(STR(sdl), "fuzz", &schema, NULL) == ERR_OK);
    applier = applier_new();
    canons[0] = canon_new();
    canons[1] = canon_new();
    file = memfd_create("fuzz", MFD_CLOEXEC);
    FUZZ_ASSERT(file >= 0);
    snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    temp = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : NULL;
    atexit(leave);
}

static bool is_json(struct str text)
{
    CLEANUP(scan_done) struct scan s;
    enum scan_event event;
    scan_init(&s);
    scan_feed(&s, text);
    scan_finish(&s);
    while ((event = scan_next(&s)) > SCAN_MORE)
        continue;
    return event == SCAN_END;
}

/* ---- RFC 6902 and RFC 7396 */

static bool equal(struct str a, struct str b)
{
    struct json_tree t;
    struct json_node *x, *y;
    bool same = false;
    json_tree_init(&t);
    FUZZ_ASSERT(json_tree_read(&t, a, &x, NULL) == ERR_OK);
    FUZZ_ASSERT(json_tree_read(&t, b, &y, NULL) == ERR_OK);
    bool said = json_tree_equal(&t, x, y, &same, NULL) == ERR_OK;
    json_tree_done(&t);
    return same || !said; /* lone surrogates have no text to compare */
}

/* What makes the result of the document makes it again. */
static void check_delta(struct str document, struct str result)
{
    BUF_SCOPED patch = BUF_INIT;
    BUF_SCOPED missing = BUF_INIT;
    BUF_SCOPED made = BUF_INIT;
    struct error e = ERROR_INIT;
    enum err code = json_delta_patch(document, result, &patch, &e);
    if (code == ERR_OK && json_patch(document, buf_str(&patch), &made, &e) == ERR_OK)
        FUZZ_ASSERT(equal(buf_str(&made), result));
    else
        fuzz_refused(&e);
    FUZZ_ASSERT(code != ERR_OK || is_json(buf_str(&patch)));
    buf_clear(&patch);
    buf_clear(&made);
    code = json_delta_merge(document, result, STR(""), &patch, &missing, &e);
    FUZZ_ASSERT(code == ERR_OK || !patch.n);
    if (code != ERR_OK)
        return;
    FUZZ_ASSERT(json_merge(document, buf_str(&patch), &made, &e) == ERR_OK);
    FUZZ_ASSERT(missing.n || equal(buf_str(&made), result));
}

static void check_document(struct str document, struct str patch)
{
    typedef enum err function(struct str document, struct str patch, struct buf * out,
                              struct error * e);
    static function *const functions[] = {json_patch, json_merge};
    for (unsigned i = 0; i < 2; i++) {
        BUF_SCOPED out = BUF_INIT;
        BUF_SCOPED again = BUF_INIT;
        struct error e = ERROR_INIT;
        buf_add_char(&out, '!');
        enum err code = functions[i](document, patch, &out, &e);
        FUZZ_ASSERT(code == functions[i](document, patch, &again, NULL));
        if (code != ERR_OK) {
            FUZZ_ASSERT(out.n == 1 && !again.n);
            fuzz_refused(&e);
            continue;
        }
        struct str result = str_from(buf_str(&out), 1);
        FUZZ_ASSERT(str_eq(result, buf_str(&again)));
        FUZZ_ASSERT(is_json(result));
        check_delta(document, result);
    }
}

/* ---- keyed patches */

static struct patch *read_patch(struct str text, bool reverse)
{
    struct patch *p = NULL;
    struct error e = ERROR_INIT;
    FUZZ_ASSERT(ftruncate(file, 0) == 0);
    FUZZ_ASSERT(pwrite(file, text.p, text.n, 0) == (ssize_t)text.n);
    enum err code = patch_read(path, temp, MEMORY, reverse, &p, &e);
    if (code != ERR_OK)
        fuzz_refused(&e);
    FUZZ_ASSERT((code == ERR_OK) == (p != NULL));
    return p;
}

/* So that what one text names does not change what the next one finds. */
static struct str known(struct str entity)
{
    bool is_known = str_eq(entity, STR("Part")) || str_eq(entity, STR("Line"));
    return is_known ? entity : STR("Other");
}

/* Forth and back: the record is there again, or nothing is. */
static void check_step(const struct patch *forth, const struct patch *back, size_t i,
                       struct str record)
{
    const struct patch_step *s = patch_step_at(forth, i), *r = patch_step_at(back, i);
    const struct entity *entity;
    struct canon_record before, after;
    BUF_SCOPED made = BUF_INIT;
    BUF_SCOPED undone = BUF_INIT;
    struct error e = ERROR_INIT;
    FUZZ_ASSERT(patch_find(forth, s->entity, s->key) == s);
    FUZZ_ASSERT(patch_touches(forth, s->entity));
    FUZZ_ASSERT(r && str_eq(s->entity, r->entity) && str_eq(s->key, r->key));
    FUZZ_ASSERT(schema_entity(schema, known(s->entity), &entity, NULL) == ERR_OK);
    struct str input = s->op == PATCH_CREATE ? STR("") : record;
    if (apply_step(applier, s, entity, input, &made, &e) != ERR_OK) {
        fuzz_refused(&e);
        return;
    }
    FUZZ_ASSERT((s->op == PATCH_DELETE) == (made.n == 0));
    FUZZ_ASSERT(!made.n || is_json(buf_str(&made)));
    /* What is no record any more is refused where it is stored. */
    if (made.n &&
        canon_record(canons[1], entity, buf_str(&made), &after, NULL) != ERR_OK)
        return;
    enum err code = apply_step(applier, r, entity, buf_str(&made), &undone, &e);
    FUZZ_ASSERT(code == ERR_OK);
    FUZZ_ASSERT((undone.n == 0) == (s->op == PATCH_CREATE));
    if (!undone.n)
        return;
    FUZZ_ASSERT(canon_record(canons[0], entity, input, &before, NULL) == ERR_OK);
    FUZZ_ASSERT(canon_record(canons[1], entity, buf_str(&undone), &after, NULL) ==
                ERR_OK);
    FUZZ_ASSERT(str_eq(before.text, after.text));
}

static void check_keyed(struct str record, struct str text)
{
    CLEANUP(patch_freep) struct patch *forth = read_patch(text, false);
    CLEANUP(patch_freep) struct patch *back = read_patch(text, true);
    FUZZ_ASSERT((forth != NULL) == (back != NULL));
    if (!forth)
        return;
    FUZZ_ASSERT(!patch_is_reversed(forth) && patch_is_reversed(back));
    for (size_t i = 0; i < STEPS && patch_step_at(forth, i); i++)
        check_step(forth, back, i, record);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_n((const char *)data, size);
    if (!schema)
        enter();
    struct str document = fuzz_line(&rest);
    if (str_starts(rest, STR("{\"format\"")))
        check_keyed(document, rest);
    else
        check_document(document, rest);
    return 0;
}
