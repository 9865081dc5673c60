#include "drift/settings.h"

#include <stdlib.h>

#include "base/alloc.h"
#include "drift/change.h"
#include "json/number.h"

enum setting_kind {
    SETTING_IGNORE,
    SETTING_TOLERANCE,
    SETTING_LIST,
    SETTING_FAIL,
    SETTINGS
};

struct setting {
    enum setting_kind kind;
    path_rank rank;
    enum list_mode list;
    bool relative;
    char *text; /* a tolerance, a member's name */
};

struct fail_on {
    char *entity; /* or * */
    unsigned class;
};

struct settings *settings_new(void)
{
    struct settings *s = NEW(struct settings);
    s->paths = path_set_new();
    return s;
}

void settings_free(struct settings *s)
{
    if (!s)
        return;
    for (size_t i = 0; i < s->n; i++)
        free(s->items[i].text);
    for (size_t i = 0; i < s->n_fail_on; i++)
        free(s->fail_on[i].entity);
    free(s->fail_on);
    free(s->items);
    path_set_free(s->paths);
    free(s);
}

static enum err add(struct settings *s, struct str pattern, struct setting setting,
                    const char *option, struct error *e)
{
    struct error why = ERROR_INIT;
    BUF_SCOPED any = BUF_INIT;
    if (str_starts(pattern, STR("*."))) { /* of any type: **.cost */
        buf_add_char(&any, '*');
        buf_add_str(&any, pattern);
        pattern = buf_str(&any);
    }
    if (path_set_add(s->paths, pattern, (uint32_t)s->n, &setting.rank, &why) != ERR_OK)
        return err_set(e, ERR_USAGE, "%s: %s", option, why.line);
    VEC_PUSH(s->items, s->n, s->cap) = setting;
    return ERR_OK;
}

enum err settings_ignore(struct settings *s, const char *pattern, struct error *e)
{
    return add(s, str_of(pattern), (struct setting){.kind = SETTING_IGNORE}, "--ignore",
               e);
}

/* "cost=0.01" -> pattern and value. */
static bool split(const char *text, struct str *out_pattern, const char **out_value)
{
    const char *equals = strrchr(text, '=');
    if (!equals || equals == text || !equals[1])
        return false;
    *out_pattern = str_n(text, (size_t)(equals - text));
    *out_value = equals + 1;
    return true;
}

enum err settings_tolerance(struct settings *s, const char *text, struct error *e)
{
    struct str pattern;
    const char *value;
    struct setting t = {.kind = SETTING_TOLERANCE};
    bool good = split(text, &pattern, &value);
    struct str number = good ? str_of(value) : STR("");
    t.relative = good && str_ends(number, STR("%"));
    number.n -= t.relative;
    if (!good || !number_is(number) || *value == '-')
        return err_set(e, ERR_USAGE, "--tolerance takes PATH=0.01 or PATH=1%%");
    t.text = alloc_str(number);
    enum err code = add(s, pattern, t, "--tolerance", e);
    if (code != ERR_OK)
        free(t.text);
    return code;
}

enum err settings_list(struct settings *s, const char *text, struct error *e)
{
    static const char *const modes[] = {"ordered", "set", "multiset"};
    struct str pattern;
    const char *value;
    struct setting t = {.kind = SETTING_LIST, .list = LIST_KEYED};
    if (!split(text, &pattern, &value))
        return err_set(e, ERR_USAGE, "--list takes PATH=ordered|set|multiset|MEMBER");
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (strcmp(value, modes[i]) == 0)
            t.list = (enum list_mode)i;
    if (t.list == LIST_KEYED)
        t.text = alloc_str(str_of(value));
    enum err code = add(s, pattern, t, "--list", e);
    if (code != ERR_OK)
        free(t.text);
    return code;
}

/* "Part:added" -> true, with its class */
static bool read_class(struct str text, struct str *out_entity, unsigned *out_class)
{
    const char *colon = memchr(text.p, ':', text.n);
    if (!colon || colon == text.p)
        return false;
    *out_entity = str_n(text.p, (size_t)(colon - text.p));
    struct str name = str_from(text, out_entity->n + 1);
    for (*out_class = 0; *out_class <= CHANGE_CHANGED; ++*out_class)
        if (str_eq(name, str_of(change_name((enum change_class) * out_class))))
            return true;
    return false;
}

/* Entity:word, which nobody means as a path. */
static bool is_bare_step(struct str text)
{
    const char *colon = memchr(text.p, ':', text.n);
    struct str rest = colon ? str_from(text, (size_t)(colon - text.p) + 1) : STR(".");
    return !memchr(rest.p, '.', rest.n) && !memchr(rest.p, '[', rest.n) &&
           !memchr(rest.p, '*', rest.n);
}

enum err settings_fail_on(struct settings *s, const char *text, struct error *e)
{
    s->fails_on_some = true;
    for (const char *p = text;; p++) {
        struct str one = str_n(p, strcspn(p, ",")), entity;
        unsigned class;
        if (is_bare_step(one) && !read_class(one, &entity, &class))
            return err_set(
                e, ERR_USAGE,
                "--fail-on: behind the colon stands added, removed or changed; "
                "a field is written Entity.field");
        if (read_class(one, &entity, &class))
            VEC_PUSH(s->fail_on, s->n_fail_on, s->cap_fail_on) =
                (struct fail_on){alloc_str(entity), class};
        else
            TRY(add(s, one, (struct setting){.kind = SETTING_FAIL}, "--fail-on", e));
        p += one.n;
        if (!*p)
            return ERR_OK;
    }
}

static bool is_fail_on(const struct settings *s, struct str entity, unsigned class)
{
    for (size_t i = 0; i < s->n_fail_on; i++)
        if (s->fail_on[i].class == class &&
            (strcmp(s->fail_on[i].entity, "*") == 0 ||
             str_eq(entity, str_of(s->fail_on[i].entity))))
            return true;
    return false;
}

struct strongest {
    const struct settings *settings;
    const struct setting *of[SETTINGS];
};

static void consider(void *ctx, uint32_t id)
{
    struct strongest *s = ctx;
    const struct setting *one = &s->settings->items[id];
    const struct setting **best = &s->of[one->kind];
    if (!*best || one->rank >= (*best)->rank)
        *best = one;
}

struct place_rules settings_at(const struct settings *s, struct path_states at)
{
    struct strongest best = {.settings = s};
    struct place_rules out = {0};
    if (!at.n)
        return out;
    path_ends(s->paths, at, consider, &best);
    out.ignored = best.of[SETTING_IGNORE] != NULL;
    if (best.of[SETTING_TOLERANCE]) {
        out.tolerance = str_of(best.of[SETTING_TOLERANCE]->text);
        out.relative = best.of[SETTING_TOLERANCE]->relative;
    }
    if (best.of[SETTING_LIST]) {
        out.list = best.of[SETTING_LIST]->list;
        if (out.list == LIST_KEYED)
            out.key = str_of(best.of[SETTING_LIST]->text);
    }
    return out;
}

bool settings_fails(const struct settings *s, struct str entity, unsigned class,
                    struct path_states at)
{
    struct strongest best = {.settings = s};
    if (!s->fails_on_some || is_fail_on(s, entity, class))
        return true;
    if (at.n)
        path_ends(s->paths, at, consider, &best);
    return best.of[SETTING_FAIL] != NULL;
}
