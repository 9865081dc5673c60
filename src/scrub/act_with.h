/*
 * act_with: an action's parameters (`with`), read and checked when a pack is loaded.
 *
 * Each reader takes the map (NULL: none given), the parameter's name and what is
 * allowed; a missing parameter leaves `out` at the default that the caller put there.
 * Errors name the parameter and what is allowed, with the line. Texts are copied into
 * the arena.
 */
#ifndef SCRUB_ACT_WITH_H
#define SCRUB_ACT_WITH_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct act_thread;
struct doc_node;

#define WITH_TEXT  4096 /* bytes of a text parameter */
#define NAMESPACE  64   /* bytes of a namespace: [A-Za-z0-9._-] */
#define SPACE_SIZE 128  /* a namespace, a salt, a purpose and two NULs */

/* The first member of the parameters of every keyed action. */
struct act_keyed {
    struct str namespace;
    bool snapshot; /* scope: snapshot */
};

/* A namespace as it goes into the HMAC: the name; for scope snapshot a NUL and the salt
 * behind it; for a purpose within it ("host") a NUL and that. */
struct space {
    char bytes[SPACE_SIZE];
    size_t n;
};

/* `with` is a map or nothing, and has no member but `params` (NULL-ended). */
enum err with_known(const struct doc_node *with, const char *const *params,
                    struct error *e) MUST_CHECK;
enum err with_uint(const struct doc_node *with, const char *name, uint64_t max,
                   uint64_t *out, struct error *e) MUST_CHECK;
enum err with_bool(const struct doc_node *with, const char *name, bool *out,
                   struct error *e) MUST_CHECK;
enum err with_text(const struct doc_node *with, const char *name, struct arena *a,
                   struct str *out, struct error *e) MUST_CHECK;
/* One of `choices` (NULL-ended); *out is its index. */
enum err with_choice(const struct doc_node *with, const char *name,
                     const char *const *choices, size_t *out, struct error *e)
    MUST_CHECK;
/* `namespace` (else `fallback`) and `scope`. */
enum err with_keyed(const struct doc_node *with, const char *fallback, struct arena *a,
                    struct act_keyed *out, struct error *e) MUST_CHECK;

/* "parameter NAME: WHAT is allowed" as ERR_DATA, with the line of the parameter. */
enum err with_refuse(const struct doc_node *with, const char *name, const char *what,
                     struct error *e);

void space_of(const struct act_thread *t, const struct act_keyed *k, struct space *out);
void space_sub(struct str space, const char *purpose, struct space *out);

static inline struct str space_str(const struct space *s)
{
    return str_n(s->bytes, s->n);
}

#endif
