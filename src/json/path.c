#include "json/path.h"

#include <stdlib.h>

#include "base/alloc.h"

enum step_kind { STEP_NAME, STEP_ANY, STEP_DEEP, STEP_INDEX, STEP_END };

/* A state is the index of the step that comes next; STEP_END carries the pattern's id.
 */
struct step {
    enum step_kind kind;
    struct str name;
    uint32_t id;
};

enum head_kind { HEAD_ANY, HEAD_TYPE, HEAD_ENTITY };

struct head {
    enum head_kind kind;
    struct str name;
    uint32_t first; /* state */
    bool deep;      /* the last step is ** */
};

struct path_set {
    struct arena arena;
    struct step *steps;
    size_t n_steps, cap_steps;
    struct head *heads;
    size_t n_heads, cap_heads;
};

struct path_set *path_set_new(void)
{
    return NEW(struct path_set);
}

void path_set_free(struct path_set *s)
{
    if (!s)
        return;
    arena_done(&s->arena);
    free(s->steps);
    free(s->heads);
    free(s);
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '_' || c == '-' || (unsigned char)c >= 0x80;
}

/* Reads a name, plain or between backquotes, at *pos. */
static bool read_name(struct str p, size_t *pos, struct str *out)
{
    size_t at = *pos;
    if (at < p.n && p.p[at] == '`') {
        const char *end = memchr(p.p + at + 1, '`', p.n - at - 1);
        if (!end)
            return false;
        *out = str_n(p.p + at + 1, (size_t)(end - p.p) - at - 1);
        *pos = (size_t)(end - p.p) + 1;
        return out->n > 0;
    }
    while (at < p.n && is_name_char(p.p[at]))
        at++;
    *out = str_n(p.p + *pos, at - *pos);
    *pos = at;
    return out->n > 0;
}

static void add_step(struct path_set *s, enum step_kind kind, struct str name)
{
    VEC_PUSH(s->steps, s->n_steps, s->cap_steps) =
        (struct step){.kind = kind, .name = name};
}

struct parse {
    struct path_set *set;
    struct str text;
    size_t pos;
    unsigned literal, wild;
};

static bool take(struct parse *p, const char *word)
{
    if (!str_starts(str_from(p->text, p->pos), str_of(word)))
        return false;
    p->pos += strlen(word);
    return true;
}

static bool parse_step(struct parse *p)
{
    struct str name;
    if (take(p, "**")) {
        add_step(p->set, STEP_DEEP, STR(""));
        p->wild++;
    } else if (take(p, "*")) {
        add_step(p->set, STEP_ANY, STR(""));
        p->wild++;
    } else if (read_name(p->text, &p->pos, &name)) {
        add_step(p->set, STEP_NAME, name);
        p->literal++;
    } else {
        return false;
    }
    while (take(p, "[*]"))
        add_step(p->set, STEP_INDEX, STR(""));
    return true;
}

static enum err parse_steps(struct parse *p, struct error *e)
{
    size_t first = p->set->n_steps;
    do {
        if (!parse_step(p))
            return err_set(e, ERR_DATA,
                           "path: a name, *, ** or [*] is expected at character %zu",
                           p->pos + 1);
        if (p->set->n_steps - first > PATH_STEPS)
            return err_set(e, ERR_LIMIT, "path: more than %d steps", PATH_STEPS);
    } while (take(p, "."));
    if (p->pos != p->text.n)
        return err_set(e, ERR_DATA, "path: unexpected character %zu", p->pos + 1);
    return ERR_OK;
}

/* "Run:" or "User." in front; a pattern that begins with a wildcard has no head. */
static struct head parse_head(struct parse *p)
{
    struct head h = {.kind = HEAD_ANY};
    if (take(p, "*:"))
        return h;
    if (str_starts(p->text, STR("*")))
        return h;
    size_t pos = 0;
    struct str name;
    if (!read_name(p->text, &pos, &name) || pos == p->text.n)
        return h;
    if (p->text.p[pos] == ':')
        h = (struct head){.kind = HEAD_ENTITY, .name = name};
    else if (p->text.p[pos] == '.')
        h = (struct head){.kind = HEAD_TYPE, .name = name};
    if (h.kind != HEAD_ANY)
        p->pos = pos + 1;
    return h;
}

enum err path_set_add(struct path_set *s, struct str pattern, uint32_t id,
                      path_rank *out_rank, struct error *e)
{
    if (s->n_heads == PATH_PATTERNS)
        return err_set(e, ERR_LIMIT, "more than %u path patterns", PATH_PATTERNS);
    struct parse p = {.set = s, .text = arena_str(&s->arena, pattern)};
    struct head h = parse_head(&p);
    if (h.kind == HEAD_ANY && !p.pos && !str_starts(pattern, STR("*")))
        return err_set(e, ERR_DATA,
                       "path: begin with Type. or Entity: or ** (a lone name says "
                       "nothing about where)");
    h.first = (uint32_t)s->n_steps;
    enum err code = parse_steps(&p, e);
    if (code != ERR_OK) {
        s->n_steps = h.first;
        return code;
    }
    h.deep = s->steps[s->n_steps - 1].kind == STEP_DEEP;
    add_step(s, STEP_END, STR(""));
    s->steps[s->n_steps - 1].id = id;
    VEC_PUSH(s->heads, s->n_heads, s->cap_heads) = h;
    *out_rank = (path_rank)h.kind << 16 | p.literal << 8 | (PATH_STEPS - p.wild);
    return ERR_OK;
}

/* A growing set of states; sets are small (a few dozen), so a scan is enough. */
struct gather {
    const struct path_set *set;
    struct arena *arena;
    uint32_t *items;
    size_t n, cap;
};

static void put(struct gather *g, uint32_t state)
{
    for (size_t i = 0; i < g->n; i++)
        if (g->items[i] == state)
            return;
    if (g->n == g->cap) {
        size_t cap = g->cap ? g->cap * 2 : 16;
        uint32_t *more = ARENA_ARRAY(g->arena, uint32_t, cap);
        if (g->n)
            memcpy(more, g->items, g->n * sizeof *more);
        g->items = more;
        g->cap = cap;
    }
    g->items[g->n++] = state;
    if (g->set->steps[state].kind == STEP_DEEP) /* "also none" */
        put(g, state + 1);
}

static int by_number(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static struct path_states finish(struct gather *g)
{
    if (g->n)
        qsort(g->items, g->n, sizeof *g->items, by_number);
    return (struct path_states){.items = g->items, .n = g->n};
}

struct path_states path_record(const struct path_set *s, struct str entity,
                               struct arena *a)
{
    struct gather g = {.set = s, .arena = a};
    for (size_t i = 0; i < s->n_heads; i++) {
        const struct head *h = &s->heads[i];
        if (h->kind == HEAD_ANY || (h->kind == HEAD_ENTITY && str_eq(h->name, entity)))
            put(&g, h->first);
    }
    return finish(&g);
}

struct path_states path_typed(const struct path_set *s, struct path_states from,
                              struct str type, struct arena *a)
{
    struct gather g = {.set = s, .arena = a};
    for (size_t i = 0; i < from.n; i++)
        put(&g, from.items[i]);
    for (size_t i = 0; i < s->n_heads; i++)
        if (s->heads[i].kind == HEAD_TYPE && str_eq(s->heads[i].name, type))
            put(&g, s->heads[i].first);
    return finish(&g);
}

struct path_states path_member(const struct path_set *s, struct path_states from,
                               struct str name, struct arena *a)
{
    struct gather g = {.set = s, .arena = a};
    for (size_t i = 0; i < from.n; i++) {
        const struct step *step = &s->steps[from.items[i]];
        if (step->kind == STEP_DEEP)
            put(&g, from.items[i]);
        else if (step->kind == STEP_ANY ||
                 (step->kind == STEP_NAME && str_eq(step->name, name)))
            put(&g, from.items[i] + 1);
    }
    return finish(&g);
}

struct path_states path_element(const struct path_set *s, struct path_states from,
                                struct arena *a)
{
    struct gather g = {.set = s, .arena = a};
    for (size_t i = 0; i < from.n; i++) {
        const struct step *step = &s->steps[from.items[i]];
        if (step->kind == STEP_DEEP || step->kind == STEP_END)
            put(&g, from.items[i]);
        else if (step->kind == STEP_INDEX)
            put(&g, from.items[i] + 1);
    }
    return finish(&g);
}

void path_ends(const struct path_set *s, struct path_states at,
               void (*hit)(void *ctx, uint32_t id), void *ctx)
{
    for (size_t i = 0; i < at.n; i++)
        if (s->steps[at.items[i]].kind == STEP_END)
            hit(ctx, s->steps[at.items[i]].id);
}

bool path_is_deep(const struct path_set *s, uint32_t id)
{
    return s->heads[id].deep;
}

void path_open(const struct path_set *s, struct path_states at,
               void (*hit)(void *ctx, uint32_t id), void *ctx)
{
    for (size_t i = 0; i < at.n; i++) {
        uint32_t state = at.items[i];
        if (s->steps[state].kind == STEP_END)
            continue;
        while (s->steps[state].kind != STEP_END)
            state++;
        hit(ctx, s->steps[state].id);
    }
}

bool path_names(const struct path_set *s, struct path_states at, struct str name)
{
    for (size_t i = 0; i < at.n; i++) {
        const struct step *step = &s->steps[at.items[i]];
        if (step->kind == STEP_NAME && str_eq(step->name, name))
            return true;
    }
    return false;
}
