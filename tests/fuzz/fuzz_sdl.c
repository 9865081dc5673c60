/* Parsing SDL: never reads past the text, places lie inside it, names are slices of it;
 * a text that parses gives a schema or an error with a place, and the same again; what
 * is parsed, printed and parsed prints the same (sdl_print.h). */
#include "fuzz.h"

#include "schema/schema.h"
#include "sdl/sdl.h"
#include "sdl_print.h"

static void check_place(struct lex_place p, size_t size)
{
    FUZZ_ASSERT(p.offset <= size && p.line >= 1 && p.column >= 1);
    FUZZ_ASSERT(p.column <= p.offset + 1 && p.line <= p.offset + 1);
}

static void check_name(struct str name, struct str text)
{
    FUZZ_ASSERT(name.n > 0 && name.p >= text.p && name.p + name.n <= text.p + text.n);
}

static void check_def(const struct sdl_def *d, struct str text)
{
    check_place(d->place, text.n);
    if (d->kind != SDL_DEF_SCHEMA)
        check_name(d->name, text);
    for (const struct sdl_field *f = d->fields; f; f = f->next) {
        check_place(f->place, text.n);
        check_name(f->name, text);
        check_name(f->type->name, text);
    }
    for (const struct sdl_input *i = d->inputs; i; i = i->next)
        check_name(i->name, text);
    for (const struct sdl_name *n = d->names; n; n = n->next)
        check_name(n->name, text);
    for (const struct sdl_directive *v = d->directives; v; v = v->next)
        check_name(v->name, text);
}

static void check_schema(struct str text)
{
    CLEANUP(schema_freep) struct schema *s = NULL;
    struct error e = ERROR_INIT;
    const struct type *t;
    if (schema_load(text, "fuzz", &s, &e) != ERR_OK) {
        fuzz_refused(&e);
        FUZZ_ASSERT(e.offset <= text.n);
        return;
    }
    for (size_t i = 0; (t = schema_type_at(s, i)); i++)
        for (size_t k = 0; k < t->n_fields; k++) {
            const struct field *f = &t->fields[k];
            FUZZ_ASSERT(schema_field(t, f->name) == f);
            FUZZ_ASSERT(f->rank < t->n_fields && f->type);
            FUZZ_ASSERT(!f->by || f->by->owner == t);
        }
}

static void check_printed(const struct sdl_def *d)
{
    BUF_SCOPED one = BUF_INIT;
    BUF_SCOPED two = BUF_INIT;
    struct arena arena = ARENA_INIT;
    struct sdl_def *again = NULL;
    print_document(&one, d);
    FUZZ_ASSERT(sdl_parse(buf_str(&one), "printed", &arena, &again, NULL) == ERR_OK);
    print_document(&two, again);
    FUZZ_ASSERT(str_eq(buf_str(&one), buf_str(&two)));
    arena_done(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = str_n((const char *)data, size);
    struct arena arena = ARENA_INIT;
    struct sdl_def *d = NULL;
    struct error e = ERROR_INIT;
    if (sdl_parse(text, "fuzz", &arena, &d, &e) == ERR_OK) {
        for (const struct sdl_def *at = d; at; at = at->next)
            check_def(at, text);
        check_printed(d);
        check_schema(text);
    } else {
        fuzz_refused(&e);
        FUZZ_ASSERT(e.offset <= size);
        FUZZ_ASSERT(d == NULL);
    }
    arena_done(&arena);
    return 0;
}
