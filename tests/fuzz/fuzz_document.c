/* Requests: a text is refused with one line at a place inside it, or is a tree that is
 * validated; its errors have a number, lie inside the text, are valid JSON, and are the
 * same the second time. What is valid strictly is valid where ION's leniency rules. */
#include "fuzz.h"

#include "graphql/introspect.h"
#include "graphql/validate.h"
#include "graphql_schema.h"
#include "json/scan.h"

static struct types *types;

static bool is_utf8(struct str s)
{
    for (size_t i = 0; i < s.n;) {
        size_t n = 1;
        if ((uint8_t)s.p[i] >= 0x80)
            n = utf8_sequence(s.p + i, s.p + s.n);
        if (!n)
            return false;
        i += n;
    }
    return true;
}

static void check_json(struct str text)
{
    struct scan s;
    enum scan_event ev;
    scan_init(&s);
    scan_feed(&s, text);
    while ((ev = scan_next(&s)) > SCAN_MORE)
        ;
    scan_finish(&s);
    while ((ev = scan_next(&s)) > SCAN_MORE)
        ;
    FUZZ_ASSERT(ev == SCAN_END);
    scan_done(&s);
}

static bool validate(struct sdl_request *r, enum coerce_mode mode, struct arena *arena,
                     struct buf *out, size_t size)
{
    struct errors errors;
    struct emit j;
    struct validate v = {
        .rules = mode == COERCE_STRICT ? UINT64_MAX >> (64 - VALIDATE_N_RULES) : 0,
        .mode = mode,
        .arena = arena,
        .errors = &errors};
    errors_init(&errors, arena, ERRORS_LIMIT);
    bool ok = validate_request(&v, types, r);
    FUZZ_ASSERT(ok == !errors.n && errors.n <= ERRORS_LIMIT + 1);
    for (const struct gql_error *e = errors.first; e; e = e->next) {
        FUZZ_ASSERT(e->message.n > 0 && is_utf8(e->message));
        for (const struct gql_place *p = e->places; p; p = p->next)
            FUZZ_ASSERT(p->line >= 1 && p->line <= size + 1 && p->column >= 1 &&
                        p->column <= size + 1);
    }
    emit_init(&j, out);
    errors_emit(&errors, &j);
    check_json(buf_str(out));
    return ok;
}

/* Introspection of a valid document is whole JSON, whatever becomes of it. */
static void introspect(const struct sdl_request *r, struct arena *arena)
{
    struct errors errors;
    struct coerce_vars vars = {0};
    struct coerce c = {COERCE_STRICT, types, arena, &errors};
    const struct sdl_def *d = r->first;
    errors_init(&errors, arena, ERRORS_LIMIT);
    if (!coerce_variables(&c, d, STR(""), &vars))
        return;
    for (const struct sdl_selection *s = d->selections; s; s = s->next) {
        BUF_SCOPED out = {.limit = 1 << 16};
        struct emit j;
        if (s->kind != SDL_SELECT_FIELD ||
            (!str_eq(s->name, STR("__schema")) && !str_eq(s->name, STR("__type"))))
            continue;
        emit_init(&j, &out);
        enum err err = introspect_emit(&c, &s, 1, &vars, &j);
        FUZZ_ASSERT(err == ERR_OK || err == ERR_LIMIT || errors.n);
        check_json(buf_str(&out));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_n((const char *)data, size);
    struct arena arena = ARENA_INIT;
    struct sdl_request r = {0};
    struct sdl_fault f = {0};
    if (!types && types_load(STR(fuzz_schema), "schema", &types, NULL) != ERR_OK)
        abort();
    if (sdl_request(text, &SDL_REQUEST_LIMITS, &arena, &r, &f) == ERR_OK) {
        BUF_SCOPED one = BUF_INIT;
        BUF_SCOPED two = BUF_INIT;
        BUF_SCOPED ion = BUF_INIT;
        bool ok = validate(&r, COERCE_STRICT, &arena, &one, size);
        FUZZ_ASSERT(ok == validate(&r, COERCE_STRICT, &arena, &two, size));
        FUZZ_ASSERT(str_eq(buf_str(&one), buf_str(&two)));
        FUZZ_ASSERT(validate(&r, COERCE_ION, &arena, &ion, size) || !ok);
        if (ok)
            introspect(&r, &arena);
    } else {
        FUZZ_ASSERT(!r.first && f.message.n > 0 && is_utf8(f.message));
        FUZZ_ASSERT(f.place.offset <= size && f.place.line >= 1 && f.place.column >= 1);
        FUZZ_ASSERT(f.place.column <= f.place.offset + 1);
    }
    arena_done(&arena);
    return 0;
}
