/*
 * settings: what counts as a difference, per path.
 *
 *     settings_new(); settings_ignore(s, "Part.cost"); settings_list(s, "Run.tags=set")
 *
 * Paths are patterns as in rules (sandcast-rules(5), "PATHS"): `Part.cost` is the field
 * wherever the schema types a value as Part, `Run:steps[*].notes` a path from the
 * record on, `**.etag` any, which may be
 * written `*.etag`, too. The strongest pattern of a kind counts. Errors are
 * ERR_USAGE and name the option. Not changed while a comparison runs; then any thread.
 */
#ifndef DRIFT_SETTINGS_H
#define DRIFT_SETTINGS_H

#include "base/err.h"
#include "base/str.h"
#include "drift/normal.h"
#include "json/path.h"

enum list_mode {
    LIST_ORDERED,  /* element by element, from both ends */
    LIST_SET,      /* order and repetition do not count */
    LIST_MULTISET, /* order does not count */
    LIST_KEYED,    /* objects, matched by one of their members */
};

/* What holds at one place; the ones that nobody set are zero. */
struct place_rules {
    bool ignored;
    enum list_mode list;
    struct str key;       /* LIST_KEYED */
    struct str tolerance; /* a decimal; empty: none */
    bool relative;        /* in hundredths of the larger value */
};

struct settings {
    struct path_set *paths;
    struct setting *items; /* by pattern */
    size_t n, cap;
    struct fail_on *fail_on; /* entity and class; with it, only some drift fails */
    size_t n_fail_on, cap_fail_on;
    bool fails_on_some;
    bool volatile_counts; /* members that the schema calls volatile are compared */
    bool spelling;        /* look for other spellings in equal records, too */
    enum normal normal;   /* strings that are equal in this form are respelled */
    bool references;      /* look for references that lead nowhere, everywhere */
    bool whole;  /* a list that differs is one change, and so is JSON in a string */
    bool masked; /* values of sensitive fields are not shown */
};

struct settings *settings_new(void);
void settings_free(struct settings *s);
DEFINE_CLEANUP(struct settings, settings_free);

enum err settings_ignore(struct settings *s, const char *pattern, struct error *e)
    MUST_CHECK;
/* PATH=0.01 or PATH=1% */
enum err settings_tolerance(struct settings *s, const char *text, struct error *e)
    MUST_CHECK;
/* PATH=ordered|set|multiset|MEMBER */
enum err settings_list(struct settings *s, const char *text, struct error *e)
    MUST_CHECK;

/* Entity:added|removed|changed (Entity may be *), or a path pattern; several with
 * commas. Once one is set, other drift is told and counted but fails nothing. */
enum err settings_fail_on(struct settings *s, const char *text, struct error *e)
    MUST_CHECK;

/* Does drift of this kind fail? `class` is one of change_is_drift()'s. */
bool settings_fails(const struct settings *s, struct str entity, unsigned class,
                    struct path_states at);

/* What holds where these states end. */
struct place_rules settings_at(const struct settings *s, struct path_states at);

#endif
