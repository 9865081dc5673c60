/* ask SCHEMA [ion]: reads lines of JSON, {"query": …, "variables": "…"}, and answers
 * each with a line: {"errors": […]} of parsing, validation or variables, or {"data":
 * …}, which holds the introspection fields of the first operation, or {"variables": …}
 * as they are coerced when "variables" were given. For comparing with other
 * implementations. */
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "doc/doc.h"
#include "graphql/introspect.h"
#include "graphql/validate.h"

struct asked {
    const struct types *types;
    struct arena *arena;
    struct errors *errors;
    enum coerce_mode mode;
    struct emit *out;
};

static void put_data(const struct asked *a, const struct coerce *c,
                     const struct sdl_def *d, const struct coerce_vars *vars)
{
    emit_key(a->out, STR("data"));
    emit_object(a->out);
    for (const struct sdl_selection *s = d->selections; s; s = s->next) {
        if (s->kind != SDL_SELECT_FIELD ||
            (!str_eq(s->name, STR("__schema")) && !str_eq(s->name, STR("__type"))))
            continue;
        emit_key(a->out, s->key);
        if (introspect_emit(c, &s, 1, vars, a->out) != ERR_OK)
            fputs("introspection refused\n", stderr);
    }
    emit_object_end(a->out);
}

static void put_variables(const struct asked *a, const struct coerce_vars *vars)
{
    emit_key(a->out, STR("variables"));
    emit_object(a->out);
    for (const struct value *v = vars->first; v; v = v->next) {
        emit_key(a->out, v->name);
        coerce_emit(v, a->out);
    }
    emit_object_end(a->out);
}

/* False: a->errors says why. */
static bool answer(const struct asked *a, struct str query, struct str variables)
{
    struct sdl_request r;
    struct sdl_fault f;
    struct coerce_vars vars = {0};
    struct coerce c = {a->mode, a->types, a->arena, a->errors};
    struct validate v = {.mode = a->mode, .arena = a->arena, .errors = a->errors};
    if (sdl_request(query, &SDL_REQUEST_LIMITS, a->arena, &r, &f) != ERR_OK) {
        errors_at(a->errors, f.place, "%.*s", STR_ARG(f.message));
        return false;
    }
    if (!variables.n && !validate_request(&v, a->types, &r))
        return false;
    if (!coerce_variables(&c, r.first, variables, &vars))
        return false;
    if (variables.n)
        put_variables(a, &vars);
    else
        put_data(a, &c, r.first, &vars);
    return true;
}

static void one_line(struct asked *a, struct str line)
{
    CLEANUP(doc_freep) struct doc *doc = NULL;
    BUF_SCOPED out = BUF_INIT;
    struct errors errors;
    struct emit j;
    if (doc_json(line, "line", &doc, NULL) != ERR_OK) {
        puts("{}");
        return;
    }
    const struct doc_node *given = doc_get(doc_root(doc), "variables");
    errors_init(&errors, a->arena, ERRORS_LIMIT);
    emit_init(&j, &out);
    a->errors = &errors;
    a->out = &j;
    emit_object(&j);
    if (!answer(a, doc_get(doc_root(doc), "query")->text,
                given ? given->text : STR(""))) {
        emit_key(&j, STR("errors"));
        errors_emit(&errors, &j);
    }
    emit_object_end(&j);
    puts(buf_cstr(&out));
    arena_clear(a->arena);
}

int main(int argc, char **argv)
{
    BUF_SCOPED schema = BUF_INIT;
    CLEANUP(types_freep) struct types *types = NULL;
    struct error e = ERROR_INIT;
    struct arena arena = ARENA_INIT;
    char *line = NULL;
    size_t size = 0;
    if (argc < 2 || file_read(argv[1], &schema, &e) != ERR_OK ||
        types_load(buf_str(&schema), argv[1], &types, &e) != ERR_OK) {
        fprintf(stderr, "ask: %s\n", e.line);
        return EXIT_FAILURE;
    }
    struct asked a = {
        .types = types, .arena = &arena, .mode = argc > 2 ? COERCE_ION : COERCE_STRICT};
    for (ssize_t n; (n = getline(&line, &size, stdin)) > 0;)
        one_line(&a, str_n(line, (size_t)n));
    free(line);
    arena_done(&arena);
    return EXIT_SUCCESS;
}
