/*
 * report: a comparison told in one of several forms.
 *
 * A form is a constant (report_forms): it takes the stream of changes as it comes and
 * writes it, so that memory does not grow with the drift, but for forms that begin with
 * an overview, which keep what they show (`max` changes). All forms get the same
 * changes: masked before they come here.
 *
 *     report_new(form, &options, &r); drift_run(…, report_sink(r), …);
 *     report_end(r, &counts)
 *
 * One thread.
 */
#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include "base/buf.h"
#include "base/err.h"
#include "drift/drift.h"

#define REPORT_VERSION 1 /* of the JSON forms; members are only added */

struct report_options {
    const char *names[2];     /* left, right, as people know them */
    uint64_t max;             /* changes to be shown; 0: all. Counted are all. */
    bool shown[CHANGES];      /* classes */
    bool shown_scrub[SCRUBS]; /* of those that are no drift */
    bool color;
    unsigned width; /* columns; 0: no terminal */
    bool stats;     /* say what was read */
    uint8_t roots[2][ROOT_SIZE];
    const struct schema *schema; /* the left side's */
    const char *temp;            /* for the spool of a patch */
    enum err (*write)(void *ctx, struct str bytes, struct error *e);
    void *ctx;
};

struct report {
    const struct report_form *form;
    struct report_options options;
    struct buf out;  /* not yet written */
    uint64_t n;      /* changes of shown classes so far */
    void *state;     /* the form's */
    enum err failed; /* a form cannot go on; nothing more is taken */
    struct error error;
};

struct report_form {
    const char *name; /* of --format */
    bool whole;       /* to be applied: it wants settings->whole, and drift alone */
    void *(*begin)(struct report *r);
    void (*change)(struct report *r, const struct change *c); /* one to be shown */
    void (*entity)(struct report *r, const struct change_entity *en);
    void (*end)(struct report *r, const struct drift_counts *counts);
    void (*done)(void *state);
};

const struct report_form *report_form_at(size_t i); /* NULL past the end */

struct report *report_new(const struct report_form *form,
                          const struct report_options *o);
void report_free(struct report *r);
DEFINE_CLEANUP(struct report, report_free);

/* Takes changes until report_end(). Borrowed. */
struct change_sink report_sink(struct report *r);

/* The rest, and everything is written. */
enum err report_end(struct report *r, const struct drift_counts *counts,
                    struct error *e) MUST_CHECK;

/* For forms: what a call returned; and bytes that are made may be written. */
void report_check(struct report *r, enum err code);
void report_flush(struct report *r);

#endif
