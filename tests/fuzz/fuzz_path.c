/*
 * Path patterns: parsed, ranked and matched as a slow reading of the grammar does.
 *
 * The text is lines: "P" adds a pattern, "E" begins a record of an entity, then "M"
 * goes to a member, "I" to an element, and "T" says that the value here is of a type.
 * Every pattern that loads is also written anew, with all names between backquotes,
 * and must then mean the same.
 */
#include "fuzz.h"

#include "json/path.h"

#define PATTERNS 24 /* of one text */
#define WALK     24 /* steps of one text */

enum kind { NAME, ANY, DEEP, INDEX };

struct item {
    enum kind kind;
    struct str name;
};

struct pattern {
    struct str name; /* of the head */
    struct item items[PATH_STEPS + 1];
    size_t n;
    unsigned literal, wild;
    char head; /* ':' anchored, '.' typed, '*' any */
    bool too_long;
};

static struct pattern patterns[PATTERNS];
static size_t n_patterns;

/* The walk: step i leads from place i to place i + 1; place i may have a type. */
static struct item steps[WALK];
static struct str types[WALK + 1][4];
static size_t n_types[WALK + 1], n_steps;

/* --- the grammar, read by its letter --- */

static bool is_plain(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           c == '_' || c == '-' || (uint8_t)c >= 0x80;
}

/* The length of the name that `s` begins with, written; *out is the name. */
static size_t name_at(struct str s, struct str *out)
{
    size_t n = 0;
    if (s.n && s.p[0] == '`') {
        for (n = 1; n < s.n && s.p[n] != '`';)
            n++;
        *out = str_n(s.p + 1, n - 1);
        return n < s.n && n > 1 ? n + 1 : 0;
    }
    while (n < s.n && is_plain(s.p[n]))
        n++;
    *out = str_n(s.p, n);
    return n;
}

static void add(struct pattern *p, enum kind kind, struct str name)
{
    p->too_long |= p->n == PATH_STEPS;
    if (!p->too_long)
        p->items[p->n++] = (struct item){kind, name};
    p->literal += kind == NAME;
    p->wild += kind == ANY || kind == DEEP;
}

static bool read_steps(struct pattern *p, struct str s)
{
    for (;;) {
        struct str name = STR("");
        bool deep = str_starts(s, STR("**")), any = !deep && str_starts(s, STR("*"));
        size_t n = deep ? 2 : any ? 1 : name_at(s, &name);
        if (!n)
            return false;
        add(p, deep ? DEEP : any ? ANY : NAME, name);
        s = str_from(s, n);
        for (; str_starts(s, STR("[*]")); s = str_from(s, 3))
            add(p, INDEX, STR(""));
        if (!s.n)
            return !p->too_long;
        if (s.p[0] != '.')
            return false;
        s = str_from(s, 1);
    }
}

static bool read_pattern(struct pattern *p, struct str s)
{
    *p = (struct pattern){.head = '*'};
    if (str_starts(s, STR("*:")))
        return read_steps(p, str_from(s, 2));
    if (str_starts(s, STR("*")))
        return read_steps(p, s);
    size_t n = name_at(s, &p->name);
    if (!n || n == s.n || (s.p[n] != ':' && s.p[n] != '.'))
        return false;
    p->head = s.p[n];
    return read_steps(p, str_from(s, n + 1));
}

static void print_name(struct str name, struct buf *out)
{
    buf_add_char(out, '`');
    buf_add_str(out, name);
    buf_add_char(out, '`');
}

static void print(const struct pattern *p, struct buf *out)
{
    if (p->head == '*')
        buf_add_str(out, STR("*:"));
    else
        print_name(p->name, out);
    if (p->head != '*')
        buf_add_char(out, p->head);
    for (size_t i = 0; i < p->n; i++) {
        const struct item *it = &p->items[i];
        if (i && it->kind != INDEX)
            buf_add_char(out, '.');
        if (it->kind == NAME)
            print_name(it->name, out);
        else
            buf_add_str(out, it->kind == ANY    ? STR("*")
                             : it->kind == DEEP ? STR("**")
                                                : STR("[*]"));
    }
}

/* --- matching, by trying all --- */

static bool takes(const struct item *it, const struct item *step)
{
    switch (it->kind) {
    case NAME: return step->kind == NAME && str_eq(it->name, step->name);
    case ANY: return step->kind == NAME;
    case INDEX: return step->kind == INDEX;
    case DEEP: break;
    }
    return true;
}

/* Which places of the pattern are reached at the walk's end, having begun at place
 * `from` of the walk: reached[i] when i items are behind us. */
static void spread(const struct pattern *p, bool reached[PATH_STEPS + 2])
{
    for (size_t i = 0; i < p->n; i++)
        if (reached[i] && p->items[i].kind == DEEP)
            reached[i + 1] = true;
}

static void reach(const struct pattern *p, size_t from, bool out[PATH_STEPS + 2])
{
    bool at[PATH_STEPS + 2] = {true};
    spread(p, at);
    for (size_t k = from; k < n_steps; k++) {
        bool next[PATH_STEPS + 2] = {false};
        for (size_t i = 0; i < p->n; i++)
            if (at[i] && takes(&p->items[i], &steps[k]))
                next[p->items[i].kind == DEEP ? i : i + 1] = true;
        next[p->n] |= at[p->n] && steps[k].kind == INDEX;
        spread(p, next);
        memcpy(at, next, sizeof at);
    }
    for (size_t i = 0; i <= p->n; i++)
        out[i] |= at[i];
}

static void reach_all(const struct pattern *p, struct str entity,
                      bool out[PATH_STEPS + 2])
{
    memset(out, 0, PATH_STEPS + 2);
    if (p->head == '*' || (p->head == ':' && str_eq(p->name, entity)))
        reach(p, 0, out);
    for (size_t k = 0; k <= n_steps && p->head == '.'; k++)
        for (size_t i = 0; i < n_types[k]; i++)
            if (str_eq(types[k][i], p->name))
                reach(p, k, out);
}

static void mark(void *ctx, uint32_t id)
{
    FUZZ_ASSERT(id < n_patterns);
    ((bool *)ctx)[id] = true;
}

static void check_place(const struct path_set *s, struct path_states at,
                        struct str entity, struct str name)
{
    bool ends[PATTERNS] = {false}, open[PATTERNS] = {false}, named = false;
    path_ends(s, at, mark, ends);
    path_open(s, at, mark, open);
    for (size_t i = 1; i < at.n; i++)
        FUZZ_ASSERT(at.items[i - 1] < at.items[i]);
    for (size_t k = 0; k < n_patterns; k++) {
        const struct pattern *p = &patterns[k];
        bool reached[PATH_STEPS + 2], can = false;
        reach_all(p, entity, reached);
        for (size_t i = 0; i < p->n; i++) {
            can |= reached[i];
            named |= reached[i] && p->items[i].kind == NAME &&
                     str_eq(p->items[i].name, name);
        }
        FUZZ_ASSERT(ends[k] == reached[p->n]);
        FUZZ_ASSERT(open[k] == can);
    }
    FUZZ_ASSERT(path_names(s, at, name) == named);
}

static void add_pattern(struct path_set *s, struct path_set *again, struct str text)
{
    struct pattern *p = &patterns[n_patterns];
    struct error e = ERROR_INIT;
    path_rank rank, same;
    if (n_patterns == PATTERNS)
        return;
    enum err code = path_set_add(s, text, (uint32_t)n_patterns, &rank, &e);
    FUZZ_ASSERT((code == ERR_OK) == read_pattern(p, text));
    if (code != ERR_OK) {
        fuzz_refused(&e);
        return;
    }
    unsigned head = p->head == ':' ? 2 : p->head == '.';
    FUZZ_ASSERT(rank == (head << 16 | p->literal << 8 | (PATH_STEPS - p->wild)));
    FUZZ_ASSERT(path_is_deep(s, (uint32_t)n_patterns) ==
                (p->items[p->n - 1].kind == DEEP));
    BUF_SCOPED printed = BUF_INIT;
    print(p, &printed);
    FUZZ_ASSERT(path_set_add(again, buf_str(&printed), (uint32_t)n_patterns, &same,
                             &e) == ERR_OK);
    FUZZ_ASSERT(rank == same);
    n_patterns++;
}

struct walk {
    struct path_set *s, *again;
    struct path_states at, at_again;
    struct arena arena;
    struct str entity;
    bool begun;
};

static void step(struct walk *w, char what, struct str name)
{
    if (what == 'E' && !w->begun) {
        w->begun = true;
        w->entity = name;
        w->at = path_record(w->s, name, &w->arena);
        w->at_again = path_record(w->again, name, &w->arena);
    } else if (w->begun && what == 'T' && n_types[n_steps] < 4) {
        types[n_steps][n_types[n_steps]++] = name;
        w->at = path_typed(w->s, w->at, name, &w->arena);
        w->at_again = path_typed(w->again, w->at_again, name, &w->arena);
    } else if (w->begun && what == 'M' && n_steps < WALK) {
        steps[n_steps++] = (struct item){NAME, name};
        w->at = path_member(w->s, w->at, name, &w->arena);
        w->at_again = path_member(w->again, w->at_again, name, &w->arena);
    } else if (w->begun && what == 'I' && n_steps < WALK) {
        steps[n_steps++] = (struct item){INDEX, STR("")};
        w->at = path_element(w->s, w->at, &w->arena);
        w->at_again = path_element(w->again, w->at_again, &w->arena);
    } else {
        return;
    }
    check_place(w->s, w->at, w->entity, name);
    check_place(w->again, w->at_again, w->entity, name);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_n((const char *)data, size);
    CLEANUP(path_set_freep) struct path_set *s = path_set_new();
    CLEANUP(path_set_freep) struct path_set *again = path_set_new();
    struct walk w = {.s = s, .again = again, .arena = ARENA_INIT};
    n_patterns = n_steps = 0;
    memset(n_types, 0, sizeof n_types);
    while (rest.n) {
        struct str line = fuzz_line(&rest);
        if (!line.n)
            continue;
        if (line.p[0] == 'P' && !w.begun)
            add_pattern(s, again, str_from(line, 1));
        else
            step(&w, line.p[0], str_from(line, 1));
    }
    arena_done(&w.arena);
    return 0;
}
