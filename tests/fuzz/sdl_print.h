/*
 * sdl_print: a syntax tree as SDL text, in one spelling, for the fuzz target.
 *
 * Strings are written with escapes wherever they hold more than plain ASCII, so that
 * nothing of a block string's indentation matters any more.
 */
#ifndef TESTS_FUZZ_SDL_PRINT_H
#define TESTS_FUZZ_SDL_PRINT_H

#include "base/buf.h"
#include "sdl/sdl.h"

static inline void print_string(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = (uint8_t)s.p[i];
        if (c == '"' || c == '\\')
            buf_printf(out, "\\%c", c);
        else if (c < 0x20)
            buf_printf(out, "\\u%04x", c);
        else
            buf_add_char(out, (char)c);
    }
    buf_add_char(out, '"');
}

static inline void print_description(struct buf *out, struct str s)
{
    if (!s.n)
        return;
    print_string(out, s);
    buf_add_char(out, ' ');
}

static inline void print_name(struct buf *out, struct str s)
{
    buf_add_str(out, s);
    buf_add_char(out, ' ');
}

static inline void print_value(struct buf *out, const struct sdl_value *v)
{
    switch (v->kind) {
    case SDL_NULL: buf_add_str(out, STR("null ")); break;
    case SDL_STRING:
        print_string(out, v->text);
        buf_add_char(out, ' '); /* "" and another one behind it would be a block */
        break;
    case SDL_BOOL:
    case SDL_INT:
    case SDL_FLOAT:
    case SDL_ENUM: print_name(out, v->text); break;
    case SDL_VARIABLE:
        buf_add_char(out, '$');
        print_name(out, v->text);
        break;
    case SDL_LIST:
    case SDL_OBJECT:
        buf_add_char(out, v->kind == SDL_LIST ? '[' : '{');
        for (const struct sdl_value *i = v->items; i; i = i->next) {
            if (v->kind == SDL_OBJECT) {
                buf_add_str(out, i->name);
                buf_add_char(out, ':');
            }
            print_value(out, i);
        }
        buf_add_char(out, v->kind == SDL_LIST ? ']' : '}');
        break;
    }
}

static inline void print_directives(struct buf *out, const struct sdl_directive *d)
{
    for (; d; d = d->next) {
        buf_printf(out, "@%.*s ", STR_ARG(d->name));
        if (d->arguments)
            buf_add_char(out, '(');
        for (const struct sdl_argument *a = d->arguments; a; a = a->next) {
            buf_printf(out, "%.*s:", STR_ARG(a->name));
            print_value(out, a->value);
        }
        if (d->arguments)
            buf_add_char(out, ')');
    }
}

static inline void print_type(struct buf *out, const struct sdl_type *t)
{
    if (t->of) {
        buf_add_char(out, '[');
        print_type(out, t->of);
        buf_add_char(out, ']');
    } else {
        buf_add_str(out, t->name);
    }
    buf_add_str(out, t->required ? STR("! ") : STR(" "));
}

static inline void print_inputs(struct buf *out, const struct sdl_input *i,
                                const char *around)
{
    if (!i)
        return;
    buf_add_char(out, around[0]);
    for (; i; i = i->next) {
        print_description(out, i->description);
        buf_printf(out, "%.*s:", STR_ARG(i->name));
        print_type(out, i->type);
        if (i->value) {
            buf_add_char(out, '=');
            print_value(out, i->value);
        }
        print_directives(out, i->directives);
    }
    buf_add_char(out, around[1]);
}

static inline void print_names(struct buf *out, const struct sdl_name *n,
                               const char *before, const char *between)
{
    for (; n; n = n->next, before = between) {
        buf_add(out, before, strlen(before));
        print_description(out, n->description);
        print_name(out, n->name);
        print_directives(out, n->directives);
    }
}

static inline void print_fields(struct buf *out, const struct sdl_field *f)
{
    if (!f)
        return;
    buf_add_char(out, '{');
    for (; f; f = f->next) {
        print_description(out, f->description);
        buf_add_str(out, f->name);
        print_inputs(out, f->arguments, "()");
        buf_add_char(out, ':');
        print_type(out, f->type);
        print_directives(out, f->directives);
    }
    buf_add_char(out, '}');
}

static inline void print_def(struct buf *out, const struct sdl_def *d)
{
    static const char *const words[] = {"schema", "scalar", "type",  "interface",
                                        "union",  "enum",   "input", "directive @"};
    print_description(out, d->description);
    buf_printf(out, "%s ", words[d->kind]);
    if (d->kind == SDL_DEF_DIRECTIVE) {
        buf_add_str(out, d->name);
        print_inputs(out, d->inputs, "()");
        buf_add_str(out, d->repeatable ? STR(" repeatable on ") : STR(" on "));
        print_names(out, d->names, "", "|");
        buf_add_char(out, '\n');
        return;
    }
    if (d->kind != SDL_DEF_SCHEMA)
        print_name(out, d->name);
    print_names(out, d->interfaces, "implements ", "&");
    print_directives(out, d->directives);
    print_fields(out, d->fields);
    print_inputs(out, d->inputs, "{}");
    if (d->kind == SDL_DEF_UNION)
        print_names(out, d->names, "=", "|");
    else if (d->names) {
        print_names(out, d->names, "{", " ");
        buf_add_char(out, '}');
    }
    buf_add_char(out, '\n');
}

static inline void print_document(struct buf *out, const struct sdl_def *d)
{
    for (; d; d = d->next)
        print_def(out, d);
}

#endif
