/*
 * act: the actions that a rule can take on a leaf, one file each (act_*.c).
 *
 * An action is a constant: its name, what it does, its parameters, a `check` that reads
 * them once when the pack is loaded, and `apply`, which turns a decoded value into its
 * replacement. apply is pure but for the thread's own state in act_thread: the same
 * rule, key and value give the same result in any thread and any run.
 */
#ifndef SCRUB_ACT_H
#define SCRUB_ACT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/str.h"

struct doc_node;
struct mac;
struct ff1;
struct matcher;
struct memo;  /* scrub/memo.h */
struct words; /* scrub/words.h */

enum act_kind { /* JSON types of leaves, in and out */
                ACT_STRING,
                ACT_NUMBER,
                ACT_BOOL,
                ACT_NULL,
};

/* What one worker brings along. Borrowed by apply. */
struct act_thread {
    struct mac *mac;
    struct ff1 *ff1; /* keyed from mac_derive(mac, "ff1") */
    struct matcher *matcher;
    struct memo *memo; /* NULL: every value is computed */
    const struct words *words;
    uint8_t snapshot_salt[16]; /* for with: {scope: snapshot} */
    struct buf scratch;
    struct buf places; /* of pseudonyms, see pseudo_digits.c */
};

struct act_value { /* lies neither in the result nor in act_thread.scratch */
    struct str
        text; /* decoded text of a string; a number, true, false, null as written */
    enum act_kind kind;
    struct str subject; /* for `date`: the sibling that names the subject; else empty */
};

struct act_result {
    struct buf *out;    /* appended: decoded text, or the number/literal as written */
    enum act_kind kind; /* set by apply; starts as the input's kind */
};

struct action {
    const char *name;
    const char *summary;
    const char *const *params; /* names allowed in `with`, NULL-ended */
    bool keyed;                /* the result depends on the key */
    bool whole;                /* may also decide containers: the whole subtree goes */
    /* Reads `with` (may be NULL) into *out_params, allocated from `a`. Errors say which
     * parameter and what is allowed. NULL: no parameters. */
    enum err (*check)(const struct doc_node *with, struct arena *a, void **out_params,
                      struct error *e);
    /* Frees what of the parameters does not lie in the arena; NULL: nothing. */
    void (*done)(void *params);
    /* NULL for keep, drop, null and block, which the walk does itself. */
    enum err (*apply)(struct act_thread *t, const void *params,
                      const struct act_value *in, struct act_result *out,
                      struct error *e);
};

#define ACT_LIST(X) \
    X(keep)         \
    X(drop)         \
    X(null)         \
    X(block)        \
    X(redact)       \
    X(constant)     \
    X(mask)         \
    X(pseudonym)    \
    X(hash)         \
    X(date)         \
    X(number)       \
    X(generalise)   \
    X(substitute)

#define X(name) extern const struct action act_##name;
ACT_LIST(X)
#undef X

const struct action *act_find(struct str name); /* or NULL */
const struct action *act_at(size_t i);          /* in the order above; NULL past */

/* The namespace of a keyed action's parameters, for the ledger; empty when none. */
struct str act_namespace(const struct action *a, const void *params);

/* With scope: snapshot: another run gives another result. */
bool act_is_salted(const struct action *a, const void *params);

/* The sibling that act_value.subject is wanted from (`date`); empty when none. */
struct str act_subject(const struct action *a, const void *params);

#endif
