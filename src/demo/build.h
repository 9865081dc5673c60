/*
 * build: one function per entity that makes record `id` of it.
 *
 * Each writes all fields of its entity in the order of the schema, through scribe.h,
 * out of (census, id) alone. Fields that ION computes are left out, as in a table; a
 * run's status is the exception: dashboards and scripts filter on it. Pure but for the
 * row.
 */
#ifndef DEMO_BUILD_H
#define DEMO_BUILD_H

#include "demo/cast.h"
#include "demo/census.h"
#include "demo/scribe.h"

typedef void build_fn(struct scribe *r, const struct census *p, uint64_t id);

#define X(type, weight, least, most, owner) build_fn build_##type;
CENSUS_ENTITIES(X)
#undef X

/* Which field of a record a value is rolled for; the same name may serve many entities.
 */
enum build_roll {
    ROLL_CREATED,
    ROLL_UPDATED,
    ROLL_ETAG,
    ROLL_ETAG_LOW,
    ROLL_AUTHOR,
    ROLL_EDITOR,
    ROLL_SESSION,
    ROLL_SESSION_LOW,
    ROLL_STATE,
    ROLL_PROGRESS,
    ROLL_TEXT,
    ROLL_TEXT_2,
    ROLL_TEXT_3,
    ROLL_TEXT_4,
    ROLL_PERSON,
    ROLL_PERSON_2,
    ROLL_TEAM,
    ROLL_PART_OF,
    ROLL_PLACE,
    ROLL_PLACE_2,
    ROLL_SUPPLIER,
    ROLL_FILE,
    ROLL_MONEY,
    ROLL_QUANTITY,
    ROLL_FLAG,
    ROLL_FLAG_2,
    ROLL_KIND_OF,
    ROLL_TIME,
    ROLL_TIME_2,
    ROLL_TARGET,
    ROLL_VALUE,
    ROLL_OPTIONS,
};

/* When a record was made, microseconds: records of an entity are spread over three
 * years in the order of their ids. */
uint64_t build_created(const struct census *p, enum census_entity of, uint64_t id);

/* _created _updated _etag */
void build_std(struct scribe *r, const struct census *p, enum census_entity of,
               uint64_t id);

/* LastSessionId createdById updatedById */
void build_by(struct scribe *r, const struct census *p, enum census_entity of,
              uint64_t id);

/* Rich text of 1 to `most` paragraphs of a list. */
void build_slate(struct scribe *r, const struct census *p, const char *name,
                 enum words_list list, uint64_t value, unsigned most);

/* Free text, `least` to `most` sentences of a list. */
void build_prose(struct scribe *r, const char *name, enum words_list list,
                 uint64_t value, unsigned least, unsigned most);

/* An id of an entity with probability percent, else null. */
void build_maybe_ref(struct scribe *r, const struct census *p, const char *name,
                     enum census_entity of, uint64_t value, unsigned percent);

/* A word of ours: one of n, out of a value. */
void build_choice(struct scribe *r, const char *name, const char *const *words,
                  unsigned n, uint64_t value);

/* Shared between the files of the room. */
enum run_state {
    RUN_TODO,
    RUN_IN_PROGRESS,
    RUN_FAILED,
    RUN_COMPLETE,
    RUN_REDLINE,
    RUN_CANCELED,
    RUN_HOLD,
    RUN_PARTIAL_COMPLETE,
};
enum run_state build_run_state(const struct census *p, uint64_t run);
enum run_state build_step_state(const struct census *p, uint64_t run_step);

void build_procedure_title(const struct census *p, uint64_t procedure, struct leaf *t);

/* allowNotApplicable … unit: what a run step's field copies from its step's. */
void build_field_form(struct scribe *r, const struct census *p, uint64_t step_field);

/* Choice i of a field, and all of them as a list. */
struct str build_option(const struct census *p, uint64_t value, unsigned i);
void build_options(struct scribe *r, const struct census *p, struct str spec,
                   uint64_t value);

/* What a field of a step asks for: an item of `field`. */
struct str build_field_spec(const struct census *p, uint64_t step_field);

/* The title of a step of a procedure. */
struct str build_step_title(const struct census *p, uint64_t step);

#define BUILD_COUNT(array) (unsigned)(sizeof(array) / sizeof *(array))

#endif
