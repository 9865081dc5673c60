#include "cli/opt.h"

#include <errno.h>
#include <stdlib.h>

#include "base/alloc.h"

static const struct opt *find_long(const struct opt *const *tables, struct str name)
{
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->kind != OPT_END; o++)
            if (str_eq(name, str_of(o->name)))
                return o;
    return NULL;
}

static const struct opt *find_short(const struct opt *const *tables, char letter)
{
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->kind != OPT_END; o++)
            if (o->letter && o->letter == letter)
                return o;
    return NULL;
}

unsigned opt_distance(struct str a, struct str b)
{
    unsigned row[OPT_DISTANCE + 1];
    if (a.n >= OPT_DISTANCE || b.n >= OPT_DISTANCE)
        return OPT_DISTANCE;
    for (unsigned i = 0; i <= b.n; i++)
        row[i] = i;
    for (unsigned i = 1; i <= a.n; i++) {
        unsigned corner = row[0];
        row[0] = i;
        for (unsigned k = 1; k <= b.n; k++) {
            unsigned best = corner + (a.p[i - 1] != b.p[k - 1]);
            corner = row[k];
            if (row[k] + 1 < best)
                best = row[k] + 1;
            if (row[k - 1] + 1 < best)
                best = row[k - 1] + 1;
            row[k] = best;
        }
    }
    return row[b.n];
}

static enum err unknown(const struct opt *const *tables, struct str name,
                        struct error *e)
{
    const char *near = NULL;
    unsigned best = OPT_NEAR;
    for (; *tables; tables++)
        for (const struct opt *o = *tables; o->kind != OPT_END; o++) {
            unsigned d = opt_distance(name, str_of(o->name));
            if (d < best) {
                best = d;
                near = o->name;
            }
        }
    if (near)
        return err_set(e, ERR_USAGE, "unknown option --%.*s (did you mean --%s?)",
                       STR_ARG(name), near);
    return err_set(e, ERR_USAGE, "unknown option --%.*s (see --help)", STR_ARG(name));
}

static bool read_number(const char *text, bool size, uint64_t *out)
{
    static const char units[] = "KMGT";
    char *end;
    if (*text < '0' || *text > '9')
        return false;
    errno = 0;
    uint64_t v = strtoull(text, &end, 10);
    if (errno)
        return false;
    if (size && *end) {
        const char *unit = strchr(units, *end & ~0x20);
        if (!unit)
            return false;
        for (long i = unit - units; i >= 0; i--)
            if (__builtin_mul_overflow(v, 1024, &v))
                return false;
        end++;
        if (*end == 'i')
            end++;
        if (*end == 'B')
            end++;
    }
    *out = v;
    return *end == 0;
}

static enum err set_choice(const struct opt *o, const char *value, struct error *e)
{
    int index = 0;
    for (const char *p = o->value;; index++) {
        size_t n = strcspn(p, "|");
        if (str_eq(str_n(p, n), str_of(value))) {
            *(int *)o->to = index;
            return ERR_OK;
        }
        if (!p[n])
            return err_set(e, ERR_USAGE, "--%s is one of %s", o->name, o->value);
        p += n + 1;
    }
}

static enum err set(const struct opt *o, const char *value, struct error *e)
{
    switch (o->kind) {
    case OPT_FLAG: *(bool *)o->to = true; return ERR_OK;
    case OPT_TEXT:
    case OPT_OPTIONAL: *(const char **)o->to = value; return ERR_OK;
    case OPT_LIST: {
        struct opt_list *l = o->to;
        VEC_PUSH(l->items, l->n, l->cap) = value;
        return ERR_OK;
    }
    case OPT_COUNT:
        if (!read_number(value, false, o->to))
            return err_set(e, ERR_USAGE, "--%s takes a whole number", o->name);
        return ERR_OK;
    case OPT_SIZE:
        if (!read_number(value, true, o->to))
            return err_set(e, ERR_USAGE, "--%s takes a size such as 96M", o->name);
        return ERR_OK;
    case OPT_CHOICE: return set_choice(o, value, e);
    case OPT_END: break;
    }
    return err_set(e, ERR_SOFTWARE, "option table");
}

static bool takes_value(const struct opt *o)
{
    return o->kind != OPT_FLAG && o->kind != OPT_OPTIONAL;
}

struct arguments {
    const struct opt *const *tables;
    char **argv;
    int n, at;
    bool help;
};

static enum err parse_long(struct arguments *a, const char *text, struct error *e)
{
    const char *equals = strchr(text, '=');
    struct str name = str_n(text, equals ? (size_t)(equals - text) : strlen(text));
    if (str_eq(name, STR("help"))) {
        a->help = true;
        return ERR_OK;
    }
    const struct opt *o = find_long(a->tables, name);
    if (!o)
        return unknown(a->tables, name, e);
    if (equals && o->kind == OPT_FLAG)
        return err_set(e, ERR_USAGE, "--%s takes no value", o->name);
    if (equals)
        return set(o, equals + 1, e);
    if (!takes_value(o))
        return set(o, "", e);
    if (a->at + 1 >= a->n)
        return err_set(e, ERR_USAGE, "--%s needs a value: %s", o->name, o->value);
    return set(o, a->argv[++a->at], e);
}

static enum err parse_short(struct arguments *a, const char *text, struct error *e)
{
    for (; *text; text++) {
        const struct opt *o = find_short(a->tables, *text);
        if (*text == 'h') {
            a->help = true;
            continue;
        }
        if (!o)
            return err_set(e, ERR_USAGE, "unknown option -%c (see --help)", *text);
        if (!takes_value(o)) {
            TRY(set(o, "", e));
            continue;
        }
        if (text[1])
            return set(o, text + 1, e);
        if (a->at + 1 >= a->n)
            return err_set(e, ERR_USAGE, "-%c needs a value: %s", *text, o->value);
        return set(o, a->argv[++a->at], e);
    }
    return ERR_OK;
}

enum err opt_parse(const struct opt *const *tables, int argc, char **argv,
                   struct operands *operands, bool *help, struct error *e)
{
    struct arguments a = {.tables = tables, .argv = argv, .n = argc, .at = 1};
    bool only_operands = false;
    for (; a.at < argc; a.at++) {
        const char *text = argv[a.at];
        if (!only_operands && strcmp(text, "--") == 0) {
            only_operands = true;
            operands->before = operands->n;
        } else if (!only_operands && text[0] == '-' && text[1] == '-') {
            TRY(parse_long(&a, text + 2, e));
        } else if (!only_operands && text[0] == '-' && text[1]) {
            TRY(parse_short(&a, text + 1, e));
        } else {
            if (operands->n == OPT_OPERANDS)
                return err_set(e, ERR_USAGE, "more than %u operands; name a folder",
                               OPT_OPERANDS);
            VEC_PUSH(operands->items, operands->n, operands->cap) = text;
        }
    }
    if (!only_operands)
        operands->before = operands->n;
    *help = a.help;
    return ERR_OK;
}

#define HELP_INDENT 28
#define HELP_WIDTH  79

/* Wraps the help text behind column HELP_INDENT. */
static void add_wrapped(const char *text, size_t column, struct buf *out)
{
    if (column + 2 > HELP_INDENT) {
        buf_add_char(out, '\n');
        column = 0;
    }
    while (*text) {
        while (column < HELP_INDENT) {
            buf_add_char(out, ' ');
            column++;
        }
        size_t n = strlen(text), room = HELP_WIDTH - HELP_INDENT;
        if (n > room) {
            for (n = room; n > 0 && text[n] != ' '; n--)
                ;
            n = n ? n : room;
        }
        buf_add(out, text, n);
        buf_add_char(out, '\n');
        text += n;
        text += *text == ' ';
        column = 0;
    }
}

void opt_help(const struct opt *table, struct buf *out)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++) {
        size_t from = out->n;
        if (o->letter)
            buf_printf(out, "  -%c, --%s", o->letter, o->name);
        else
            buf_printf(out, "      --%s", o->name);
        if (o->kind == OPT_OPTIONAL)
            buf_printf(out, "[=%s]", o->value);
        else if (o->value)
            buf_printf(out, " %s", o->value);
        add_wrapped(o->help, out->n - from, out);
    }
}

void opt_names(const struct opt *table, struct buf *out)
{
    for (const struct opt *o = table; o->kind != OPT_END; o++)
        buf_printf(out, "--%s\n", o->name);
}

void opt_list_done(struct opt_list *l)
{
    free(l->items);
}

void operands_done(struct operands *o)
{
    free(o->items);
}
