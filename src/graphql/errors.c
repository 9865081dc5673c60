#include "graphql/errors.h"

#include <stdarg.h>
#include <stdio.h>

int errors_cut(struct str s, size_t most)
{
    if (s.n <= most)
        return (int)s.n;
    while (most > 0 && ((uint8_t)s.p[most] & 0xc0) == 0x80)
        most--;
    return (int)most;
}

int errors_shown(struct str s)
{
    return errors_cut(s, ERRORS_SHOWN);
}

void errors_init(struct errors *list, struct arena *arena, uint32_t limit)
{
    *list = (struct errors){.arena = arena, .limit = limit};
    list->tail = &list->first;
}

PRINTF(2, 0)
static struct gql_error *append(struct errors *list, const char *format, va_list args)
{
    char line[1024];
    int n = vsnprintf(line, sizeof line, format, args);
    struct gql_error *error = ARENA_NEW(list->arena, struct gql_error);
    size_t size = n < 0 ? 0 : (size_t)n < sizeof line ? (size_t)n : sizeof line - 1;
    if (size == sizeof line - 1)
        size = (size_t)errors_cut(str_n(line, size), size - 1);
    error->message = arena_str(list->arena, str_n(line, size));
    *list->tail = error;
    list->tail = &error->next;
    list->n++;
    return error;
}

PRINTF(2, 3)
static void overflow(struct errors *list, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append(list, format, args);
    va_end(args);
    list->full = true;
}

void errors_abort(struct errors *list)
{
    if (!list->full)
        overflow(
            list,
            "Too many validation errors, error limit reached. Validation aborted.");
}

PRINTF(2, 0)
static struct gql_error *add(struct errors *list, const char *format, va_list args)
{
    if (list->full)
        return NULL;
    if (list->n < list->limit)
        return append(list, format, args);
    errors_abort(list);
    return NULL;
}

struct gql_error *errors_add(struct errors *list, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct gql_error *error = add(list, format, args);
    va_end(args);
    return error;
}

void errors_place(struct errors *list, struct gql_error *error, struct lex_place place)
{
    if (!error)
        return;
    struct gql_place **tail = &error->places;
    while (*tail)
        tail = &(*tail)->next;
    *tail = ARENA_NEW(list->arena, struct gql_place);
    **tail = (struct gql_place){.line = place.line, .column = place.column};
}

struct gql_error *errors_at(struct errors *list, struct lex_place place,
                            const char *format, ...)
{
    va_list args;
    va_start(args, format);
    struct gql_error *error = add(list, format, args);
    va_end(args);
    errors_place(list, error, place);
    return error;
}

/* A path is kept from the inside out and written the other way round. */
static void emit_path(const struct gql_path *inner, struct arena *arena,
                      struct emit *out)
{
    size_t n = 0;
    for (const struct gql_path *p = inner; p; p = p->parent)
        n++;
    const struct gql_path **all = ARENA_ARRAY(arena, const struct gql_path *, n);
    for (const struct gql_path *p = inner; p; p = p->parent)
        all[--n] = p;
    emit_key(out, STR("path"));
    emit_array(out);
    for (const struct gql_path *p = NULL; p != inner;) {
        p = *all++;
        if (p->key.p)
            emit_string(out, p->key);
        else
            emit_uint(out, p->index);
    }
    emit_array_end(out);
}

static void emit_places(const struct gql_place *p, struct emit *out)
{
    emit_key(out, STR("locations"));
    emit_array(out);
    for (; p; p = p->next) {
        emit_object(out);
        emit_key_uint(out, "line", p->line);
        emit_key_uint(out, "column", p->column);
        emit_object_end(out);
    }
    emit_array_end(out);
}

void errors_emit(const struct errors *list, struct emit *out)
{
    emit_array(out);
    for (const struct gql_error *e = list->first; e; e = e->next) {
        emit_object(out);
        emit_key_string(out, "message", e->message);
        if (e->places)
            emit_places(e->places, out);
        if (e->path)
            emit_path(e->path, list->arena, out);
        if (e->extensions.n) {
            emit_key(out, STR("extensions"));
            emit_raw(out, e->extensions);
        }
        emit_object_end(out);
    }
    emit_array_end(out);
}
