#include <fnmatch.h>
#include <stdlib.h>
#include <strings.h>

#include "base/alloc.h"
#include "source/private.h"

static const char *const compressions[] = {".gz", ".zst", ".bz2", ".xz"};
static const char *const tables[] = {".json", ".jsonl", ".ndjson", ".csv"};
static const char *const others[] = {".tar", ".zip", ".tgz"};

/* Words that stand before a number in the name of a piece. */
static const char *const pieces[] = {"part", "page", "chunk", "batch", "shard"};

#define N(array) (sizeof(array) / sizeof *(array))

static bool cut_any(struct str *s, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        size_t m = strlen(list[i]);
        if (s->n > m && strncasecmp(s->p + s->n - m, list[i], m) == 0) {
            s->n -= m;
            return true;
        }
    }
    return false;
}

struct str name_last(struct str path)
{
    while (path.n && path.p[path.n - 1] == '/')
        path.n--;
    const char *slash = path.n ? memrchr(path.p, '/', path.n) : NULL;
    return slash ? str_from(path, (size_t)(slash + 1 - path.p)) : path;
}

struct str name_base(struct str path)
{
    struct str s = name_last(path);
    while (cut_any(&s, compressions, N(compressions)) ||
           cut_any(&s, tables, N(tables)) || cut_any(&s, others, N(others)))
        continue;
    return s;
}

bool name_is_compressed(struct str path)
{
    return cut_any(&path, compressions, N(compressions));
}

bool name_is_table(struct str path)
{
    while (cut_any(&path, compressions, N(compressions)))
        continue;
    return cut_any(&path, tables, N(tables));
}

bool name_is_csv(struct str path)
{
    static const char *const csv[] = {".csv"};
    while (cut_any(&path, compressions, N(compressions)))
        continue;
    return cut_any(&path, csv, 1);
}

bool name_is_word(struct str name)
{
    if (!name.n || name.n > SCHEMA_NAME)
        return false;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        if (!letter && (i == 0 || c < '0' || c > '9'))
            return false;
    }
    return true;
}

bool name_matches(const char *glob, struct str name)
{
    char *c = alloc_str(name);
    bool yes = fnmatch(glob, c, 0) == 0;
    free(c);
    return yes;
}

const struct entity *name_override(const struct source *s, struct str name)
{
    for (size_t i = 0; i < s->n_overrides; i++)
        if (str_eq(s->overrides[i].name, name) ||
            (s->overrides[i].name.n && strpbrk(s->overrides[i].name.p, "*?[") &&
             name_matches(s->overrides[i].name.p, name)))
            return s->override_entities[i];
    return NULL;
}

static bool is_separator(char c)
{
    return c == '_' || c == '-' || c == '.' || c == ' ' || c == '(' || c == ')';
}

/* Takes a piece's number, or the word before it, off the end; false when neither. */
static bool cut_piece(struct str *s)
{
    struct str t = *s;
    while (t.n && is_separator(t.p[t.n - 1]))
        t.n--;
    size_t digits = 0;
    while (digits < t.n && t.p[t.n - 1 - digits] >= '0' && t.p[t.n - 1 - digits] <= '9')
        digits++;
    t.n -= digits;
    if (!digits && !cut_any(&t, pieces, N(pieces)))
        return false;
    if (digits && t.n && !is_separator(t.p[t.n - 1])) {
        struct str u = t;
        if (!cut_any(&u, pieces, N(pieces)))
            return false;
    }
    while (t.n && is_separator(t.p[t.n - 1]))
        t.n--;
    *s = t;
    return t.n > 0;
}

const struct entity *name_lookup(struct schema *schema, struct str name)
{
    const struct entity *found = schema_lookup(schema, name);
    char camel[SCHEMA_NAME];
    size_t n = 0;
    if (found || name.n > sizeof camel)
        return found;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool raised = n && name.p[i - 1] == '_' && c >= 'a' && c <= 'z';
        if (raised)
            c = (char)(c & ~0x20); /* ASCII's upper case */
        if (c != '_')
            camel[n++] = c;
    }
    return n < name.n ? schema_lookup(schema, str_n(camel, n)) : NULL;
}

const struct entity *name_entity(struct schema *schema, struct str base)
{
    const struct entity *found = NULL;
    while (base.n && !found) {
        found = name_lookup(schema, base);
        if (!found && !cut_piece(&base))
            break;
    }
    return found;
}
