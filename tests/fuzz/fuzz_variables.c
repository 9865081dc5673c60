/* Variables: the first line is the operation's variable definitions, the rest the JSON
 * that is given for them. They are refused with errors that have a number, or are
 * values that are JSON again and, where nothing was lost, the same after another round.
 * What is taken strictly is taken where ION's leniency rules. */
#include "fuzz.h"

#include "graphql/validate.h"
#include "graphql_schema.h"

static struct types *types;

static bool coerce(const struct sdl_def *d, enum coerce_mode mode, struct str json,
                   struct arena *arena, struct buf *out)
{
    struct errors errors;
    struct emit j;
    struct coerce_vars vars = {0};
    struct coerce c = {mode, types, arena, &errors};
    errors_init(&errors, arena, ERRORS_LIMIT);
    bool ok = coerce_variables(&c, d, json, &vars);
    FUZZ_ASSERT(ok == !errors.n && errors.n <= ERRORS_LIMIT + 1);
    for (const struct gql_error *e = errors.first; e; e = e->next)
        FUZZ_ASSERT(e->message.n > 0);
    emit_init(&j, out);
    emit_object(&j);
    for (const struct value *v = ok ? vars.first : NULL; v; v = v->next) {
        emit_key(&j, v->name);
        coerce_emit(v, &j);
    }
    emit_object_end(&j);
    return ok;
}

/* Variables of one name are for validation to refuse, and never come here otherwise. */
static bool is_unique(struct sdl_request *r, struct arena *arena)
{
    struct errors errors;
    struct validate v = {
        .rules = VALIDATE_BIT(UniqueVariableNames), .arena = arena, .errors = &errors};
    errors_init(&errors, arena, ERRORS_LIMIT);
    return validate_request(&v, types, r);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_n((const char *)data, size), line = fuzz_line(&text);
    struct arena arena = ARENA_INIT;
    struct sdl_request r = {0};
    struct sdl_fault f = {0};
    BUF_SCOPED query = BUF_INIT;
    if (!types && types_load(STR(fuzz_schema), "schema", &types, NULL) != ERR_OK)
        abort();
    buf_add_str(&query, STR("query("));
    buf_add_str(&query, line);
    buf_add_str(&query, STR("\n){ n { i } }"));
    if (sdl_request(buf_str(&query), &SDL_REQUEST_LIMITS, &arena, &r, &f) == ERR_OK &&
        is_unique(&r, &arena)) {
        BUF_SCOPED once = BUF_INIT;
        BUF_SCOPED again = BUF_INIT;
        BUF_SCOPED ion = BUF_INIT;
        bool ok = coerce(r.first, COERCE_STRICT, text, &arena, &once);
        if (ok) {
            /* Lists of one and defaults are written out, so one more round is enough.
             */
            FUZZ_ASSERT(coerce(r.first, COERCE_STRICT, buf_str(&once), &arena, &again));
            FUZZ_ASSERT(str_eq(buf_str(&once), buf_str(&again)));
        }
        FUZZ_ASSERT(coerce(r.first, COERCE_ION, text, &arena, &ion) || !ok);
    }
    arena_done(&arena);
    return 0;
}
