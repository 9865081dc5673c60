#include "schema/names.h"

#include "schema/schema.h"

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_lower(char c)
{
    return c >= 'a' && c <= 'z';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

struct str name_fold(struct arena *a, struct str name)
{
    char *p = arena_get(a, name.n);
    for (size_t i = 0; i < name.n; i++)
        p[i] = name_lower(name.p[i]);
    return str_n(p, name.n);
}

struct str name_lower_first(struct arena *a, struct str name)
{
    char *p = arena_get(a, name.n);
    if (name.n)
        memcpy(p, name.p, name.n);
    if (name.n)
        p[0] = name_lower(p[0]);
    return str_n(p, name.n);
}

struct str name_join(struct arena *a, struct str first, struct str second)
{
    char *p = arena_get(a, first.n + second.n);
    if (first.n)
        memcpy(p, first.p, first.n);
    if (second.n)
        memcpy(p + first.n, second.p, second.n);
    return str_n(p, first.n + second.n);
}

struct str name_plural(struct arena *a, struct str name)
{
    static const char vowels[] = "aeiouAEIOU";
    bool y = name.n > 1 && name.p[name.n - 1] == 'y';
    if (y && !strchr(vowels, name.p[name.n - 2]))
        return name_join(a, str_n(name.p, name.n - 1), STR("ies"));
    if (str_ends(name, STR("s")) || str_ends(name, STR("x")) ||
        str_ends(name, STR("z")) || str_ends(name, STR("ch")) ||
        str_ends(name, STR("sh")))
        return name_join(a, name, STR("es"));
    return name_join(a, name, STR("s"));
}

/* Does a new word begin at i? At a capital after a small letter or digit (partNumber),
 * and at the last capital of a run that goes on in small letters (URLValue). */
static bool is_hump(struct str name, size_t i)
{
    if (i == 0 || !is_upper(name.p[i]))
        return false;
    char before = name.p[i - 1];
    if (is_lower(before) || is_digit(before))
        return true;
    return is_upper(before) && i + 1 < name.n && is_lower(name.p[i + 1]);
}

size_t schema_snake(struct str name, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < name.n; i++) {
        if (is_hump(name, i))
            out[n++] = '_';
        out[n++] = name_lower(name.p[i]);
    }
    return n;
}

struct str schema_plural(struct str name, struct arena *a)
{
    return name_plural(a, name);
}

static bool is_word(char c)
{
    return is_upper(c) || is_lower(c) || is_digit(c) || (uint8_t)c >= 0x80;
}

size_t schema_segments(struct str name, char *lower, struct str *out, size_t max)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < name.n; i++) {
        char c = name.p[i];
        if (!is_word(c))
            continue;
        bool inside = i > 0 && is_word(name.p[i - 1]) && !is_hump(name, i) &&
                      is_digit(name.p[i - 1]) == is_digit(c);
        if (!inside) {
            if (n == max)
                return n;
            out[n++] = str_n(lower + at, 0);
        }
        lower[at++] = name_lower(c);
        out[n - 1].n++;
    }
    return n;
}

bool schema_is_envelope(struct str name)
{
    if (str_eq(name, STR("__typename")) || str_eq(name, STR("cursor")) ||
        str_eq(name, STR("pageInfo")))
        return true;
    return name.n > 6 && name.p[0] == '_' && str_ends(name, STR("Count"));
}
