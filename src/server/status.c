#include "server/core.h"

#define OWN STR("application/graphql-response+json")

/* The table of "HTTP" in the manual: what a client of ION sees, and what the
 * specification of GraphQL over HTTP says for each of its two types. */
static const struct {
    unsigned ion, json, own;
} table[] = {
    [ANSWER_EXECUTED] = {200, 200, 200},  [ANSWER_INVALID] = {200, 200, 400},
    [ANSWER_MALFORMED] = {400, 400, 400}, [ANSWER_BY_POST] = {405, 405, 405},
    [ANSWER_OVERRUN] = {502, 502, 502},
};

struct status_reply status_of(enum server_mode mode, enum server_answer answer,
                              bool accepts_own)
{
    if (mode == SERVER_ION)
        return (struct status_reply){table[answer].ion, false};
    return (struct status_reply){accepts_own ? table[answer].own : table[answer].json,
                                 accepts_own};
}

static struct str trim(struct str s)
{
    while (s.n && (s.p[0] == ' ' || s.p[0] == '\t'))
        s = str_from(s, 1);
    while (s.n && (s.p[s.n - 1] == ' ' || s.p[s.n - 1] == '\t'))
        s.n--;
    return s;
}

/* Thousandths of a q parameter (RFC 9110 §12.4.2); 1000 where there is none. */
static unsigned quality(struct str parameters)
{
    for (size_t i = 0; i + 1 < parameters.n; i++) {
        const char *p = parameters.p + i;
        bool name = (i == 0 || p[-1] == ';' || p[-1] == ' ') &&
                    (p[0] == 'q' || p[0] == 'Q') && p[1] == '=';
        if (!name)
            continue;
        unsigned q = i + 2 < parameters.n && p[2] == '1' ? 1000 : 0;
        for (size_t k = i + 4, unit = 100; q < 1000 && k < parameters.n && unit;
             k++, unit /= 10) {
            char c = parameters.p[k];
            if (c < '0' || c > '9')
                break;
            q += (unsigned)((size_t)(c - '0') * unit);
        }
        return q;
    }
    return 1000;
}

bool status_accepts_own(struct str accept)
{
    unsigned own = 0, json = 0;
    while (accept.n) {
        const char *comma = memchr(accept.p, ',', accept.n);
        size_t n = comma ? (size_t)(comma - accept.p) : accept.n;
        struct str item = trim(str_n(accept.p, n));
        accept = str_from(accept, n + (comma != NULL));
        const char *semicolon = item.n ? memchr(item.p, ';', item.n) : NULL;
        struct str type =
            trim(str_n(item.p, semicolon ? (size_t)(semicolon - item.p) : item.n));
        unsigned q = semicolon ? quality(str_from(item, type.n)) : 1000;
        if (str_eq(type, OWN) && q > own)
            own = q;
        else if ((str_eq(type, STR("application/json")) || str_eq(type, STR("*/*")) ||
                  str_eq(type, STR("application/*"))) &&
                 q > json)
            json = q;
    }
    return own > 0 && own >= json;
}
