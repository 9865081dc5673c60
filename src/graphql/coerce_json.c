#include <assert.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "graphql/coerce_private.h"
#include "json/number.h"
#include "json/scan.h"

#define DIGITS 64 /* of a number that is written out; more are of no consequence */

/* A number as JSON writes it, with its value. */
static void number(struct value *v, struct str text)
{
    char copy[DIGITS + 1];
    v->text = text;
    v->kind = VALUE_FLOAT;
    if (text.n <= 18 && number_is_integer(text)) {
        v->kind = VALUE_INT;
        for (size_t i = *text.p == '-'; i < text.n; i++)
            v->integer = v->integer * 10 + (text.p[i] - '0');
        if (*text.p == '-')
            v->integer = -v->integer;
        return;
    }
    if (text.n <= DIGITS) {
        memcpy(copy, text.p, text.n);
        copy[text.n] = 0;
        v->number = strtod(copy, NULL);
    } else {
        char *all = alloc_str(text);
        v->number = strtod(all, NULL);
        free(all);
    }
}

static bool string(struct arena *arena, const struct scan *s, struct str *out)
{
    if (!s->escaped) {
        *out = arena_str(arena, s->token);
        return true;
    }
    BUF_SCOPED b = BUF_INIT;
    if (scan_unescape(s->token, &b, NULL) != ERR_OK)
        return false;
    *out = arena_str(arena, buf_str(&b));
    return true;
}

struct level {
    struct value *container, **tail;
};

struct reader {
    struct arena *arena;
    struct level levels[COERCE_DEPTH + 1];
    unsigned depth;
    struct str key;
};

static struct value *append(struct reader *r, enum value_kind kind)
{
    struct level *l = &r->levels[r->depth];
    assert(l->tail && l->container); /* opened before */
    struct value *v = *l->tail = ARENA_NEW(r->arena, struct value);
    l->tail = &v->next;
    l->container->n++;
    v->kind = kind;
    v->name = r->key;
    r->key = str_n(NULL, 0);
    return v;
}

static bool event(struct reader *r, const struct scan *s, enum scan_event ev)
{
    switch (ev) {
    case SCAN_OBJECT:
    case SCAN_ARRAY: {
        struct value *v = append(r, ev == SCAN_OBJECT ? VALUE_OBJECT : VALUE_LIST);
        if (r->depth == COERCE_DEPTH)
            return false;
        r->levels[++r->depth] = (struct level){v, &v->items};
        return true;
    }
    case SCAN_OBJECT_END:
    case SCAN_ARRAY_END: r->depth--; return true;
    case SCAN_KEY: return string(r->arena, s, &r->key);
    case SCAN_STRING: return string(r->arena, s, &append(r, VALUE_STRING)->text);
    case SCAN_NUMBER:
        number(append(r, VALUE_INT), arena_str(r->arena, s->token));
        return true;
    case SCAN_TRUE:
    case SCAN_FALSE: append(r, VALUE_BOOL)->boolean = ev == SCAN_TRUE; return true;
    case SCAN_NULL: append(r, VALUE_NULL); return true;
    case SCAN_BAD:
    case SCAN_END:
    case SCAN_MORE: break;
    }
    return false;
}

bool coerce_json(struct arena *arena, struct str text, struct value **out)
{
    struct scan s;
    struct value root = {0};
    struct reader r = {.arena = arena};
    enum scan_event ev;
    r.levels[0] = (struct level){&root, &root.items};
    scan_init(&s);
    scan_feed(&s, text);
    bool ok = true;
    while (ok && (ev = scan_next(&s)) > SCAN_MORE)
        ok = event(&r, &s, ev);
    if (ok && ev == SCAN_MORE) {
        scan_finish(&s);
        while (ok && (ev = scan_next(&s)) > SCAN_MORE)
            ok = event(&r, &s, ev);
    }
    scan_done(&s);
    if (!ok || ev != SCAN_END)
        return false;
    *out = root.items;
    return true;
}
