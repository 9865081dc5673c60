#include "match/check.h"

#include <stdlib.h>

#include "match/check_parts.h"

static const struct check checks[] = {
#define X(id, title, parameter, text) \
    {.name = (title),                 \
     .summary = (text),               \
     .run = check_##id,               \
     .takes_parameter = (parameter)},
    CHECK_LIST(X)
#undef X
};

const struct check *check_at(size_t i)
{
    return i < sizeof checks / sizeof *checks ? &checks[i] : NULL;
}

/* A decimal number from 0 to 8, as entropy per byte is. */
static bool read_parameter(struct str s, double *out)
{
    char text[16];
    if (s.n == 0 || s.n >= sizeof text)
        return false;
    for (size_t i = 0; i < s.n; i++)
        if ((s.p[i] < '0' || s.p[i] > '9') && s.p[i] != '.')
            return false;
    memcpy(text, s.p, s.n);
    text[s.n] = 0;
    char *end;
    *out = strtod(text, &end);
    return *end == 0 && *out >= 0 && *out <= 8;
}

const struct check *check_find(struct str spec, double *out_parameter)
{
    const char *colon = spec.n ? memchr(spec.p, ':', spec.n) : NULL;
    struct str name = str_n(spec.p, colon ? (size_t)(colon - spec.p) : spec.n);
    *out_parameter = 0;
    for (size_t i = 0; i < sizeof checks / sizeof *checks; i++) {
        if (!str_eq(name, str_of(checks[i].name)))
            continue;
        bool given = colon != NULL;
        if (given != checks[i].takes_parameter ||
            (given && !read_parameter(str_from(spec, name.n + 1), out_parameter)))
            return NULL;
        return &checks[i];
    }
    return NULL;
}
