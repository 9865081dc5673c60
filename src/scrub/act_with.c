#include "scrub/act_with.h"

#include <assert.h>
#include <stdio.h>

#include "doc/doc.h"
#include "scrub/act.h"

enum err with_refuse(const struct doc_node *with, const char *name, const char *what,
                     struct error *e)
{
    const struct doc_node *n = doc_get(with, name);
    if (!n)
        n = with;
    if (n && n->line)
        return err_set(e, ERR_DATA, "line %u: parameter %s: %s", n->line, name, what);
    return err_set(e, ERR_DATA, "parameter %s: %s", name, what);
}

enum err with_known(const struct doc_node *with, const char *const *params,
                    struct error *e)
{
    if (!with)
        return ERR_OK;
    if (with->kind != DOC_MAP)
        return err_set(e, ERR_DATA, "line %u: `with` must be a map", with->line);
    for (size_t i = 0; i < with->n_items; i++) {
        bool known = false;
        for (const char *const *p = params; *p && !known; p++)
            known = str_eq(with->items[i]->key, str_of(*p));
        if (known)
            continue;
        char list[200] = "none";
        for (size_t k = 0, n = 0; params[k] && n < sizeof list; k++)
            n += (size_t)snprintf(list + n, sizeof list - n, "%s%s", k ? ", " : "",
                                  params[k]);
        return err_set(e, ERR_DATA, "line %u: unknown parameter; this action has: %s",
                       with->items[i]->line, list);
    }
    return ERR_OK;
}

enum err with_uint(const struct doc_node *with, const char *name, uint64_t max,
                   uint64_t *out, struct error *e)
{
    const struct doc_node *n = doc_get(with, name);
    uint64_t value;
    if (!n)
        return ERR_OK;
    if (!doc_uint(n, &value) || value > max) {
        char what[80];
        snprintf(what, sizeof what, "a whole number up to %llu",
                 (unsigned long long)max);
        return with_refuse(with, name, what, e);
    }
    *out = value;
    return ERR_OK;
}

enum err with_bool(const struct doc_node *with, const char *name, bool *out,
                   struct error *e)
{
    const struct doc_node *n = doc_get(with, name);
    bool value;
    if (!n)
        return ERR_OK;
    if (!doc_bool(n, &value))
        return with_refuse(with, name, "true or false", e);
    *out = value;
    return ERR_OK;
}

enum err with_text(const struct doc_node *with, const char *name, struct arena *a,
                   struct str *out, struct error *e)
{
    const struct doc_node *n = doc_get(with, name);
    if (!n)
        return ERR_OK;
    if (n->kind != DOC_STRING || n->text.n > WITH_TEXT)
        return with_refuse(with, name, "a text of at most 4096 bytes", e);
    *out = arena_str(a, n->text);
    return ERR_OK;
}

enum err with_choice(const struct doc_node *with, const char *name,
                     const char *const *choices, size_t *out, struct error *e)
{
    const struct doc_node *n = doc_get(with, name);
    if (!n)
        return ERR_OK;
    for (size_t i = 0; n->kind == DOC_STRING && choices[i]; i++) {
        if (!str_eq(n->text, str_of(choices[i])))
            continue;
        *out = i;
        return ERR_OK;
    }
    char list[250] = "one of";
    for (size_t i = 0, at = strlen(list); choices[i] && at < sizeof list; i++)
        at += (size_t)snprintf(list + at, sizeof list - at, "%s %s", i ? "," : "",
                               choices[i]);
    return with_refuse(with, name, list, e);
}

static bool is_name(struct str s)
{
    for (size_t i = 0; i < s.n; i++) {
        char c = s.p[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.'))
            return false;
    }
    return s.n > 0 && s.n <= NAMESPACE;
}

enum err with_keyed(const struct doc_node *with, const char *fallback, struct arena *a,
                    struct act_keyed *out, struct error *e)
{
    static const char *const scopes[] = {"key", "snapshot", NULL};
    size_t scope = 0;
    out->namespace = str_of(fallback);
    TRY(with_text(with, "namespace", a, &out->namespace, e));
    if (!is_name(out->namespace))
        return with_refuse(with, "namespace",
                           "1 to 64 letters, digits, dots, dashes or underscores", e);
    TRY(with_choice(with, "scope", scopes, &scope, e));
    out->snapshot = scope == 1;
    return ERR_OK;
}

static void add(struct space *s, const void *p, size_t n)
{
    assert(n <= sizeof s->bytes - s->n);
    memcpy(s->bytes + s->n, p, n);
    s->n += n;
}

void space_of(const struct act_thread *t, const struct act_keyed *k, struct space *out)
{
    out->n = 0;
    add(out, k->namespace.p, k->namespace.n);
    if (!k->snapshot)
        return;
    add(out, "", 1);
    add(out, t->snapshot_salt, sizeof t->snapshot_salt);
}

void space_sub(struct str space, const char *purpose, struct space *out)
{
    out->n = 0;
    add(out, space.p, space.n);
    add(out, "", 1);
    add(out, purpose, strlen(purpose));
}
