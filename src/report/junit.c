/*
 * For a CI server: a suite for each entity, a test case for each record that drifts.
 *
 * The shape is the one that Jenkins' schema and the others agree on: testsuites,
 * testsuite (name, tests, failures, errors, skipped), testcase (classname, name),
 * failure (type, message). An entity without drift is one case that passes; a record
 * with nothing but differences that do not count is skipped. One suite is kept at a
 * time, for its sums stand in front of it.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "report/forms.h"

#define SHOWN       1000u /* a CI server shows each case on a page */
#define VALUE_BYTES 120u

struct state {
    struct buf cases; /* of this entity */
    struct buf text;  /* of the record that is being told, with its paths' names */
    struct buf paths, entity, key, value;
    uint64_t tests, failures, skipped; /* of this entity */
    uint64_t suites;                   /* so far */
    uint64_t told;                     /* records with drift, copies among them */
    uint64_t values;                   /* of the record; 0: none is open */
    bool drift;
};

static void *begin(struct report *r)
{
    struct buf *out = &r->out;
    buf_add_str(out, STR("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                         "<testsuites name=\"sandcast diff "));
    form_add_markup(out, str_of(r->options.names[0]));
    buf_add_char(out, ' ');
    form_add_markup(out, str_of(r->options.names[1]));
    buf_add_str(out, STR("\">\n"));
    return NEW(struct state);
}

static void case_begin(struct state *s, struct str class, struct str name)
{
    buf_add_str(&s->cases, STR("  <testcase classname=\""));
    form_add_markup(&s->cases, class);
    buf_add_str(&s->cases, STR("\" name=\""));
    form_add_markup(&s->cases, name);
    buf_add_char(&s->cases, '"');
    s->tests++;
}

static void end_record(struct state *s)
{
    struct buf *out = &s->cases;
    if (!s->values)
        return;
    case_begin(s, buf_str(&s->entity), buf_str(&s->key));
    if (s->drift) {
        s->failures++;
        s->told++;
        buf_printf(out, ">\n    <failure type=\"changed\" message=\"%llu %s: ",
                   (unsigned long long)s->values, s->values == 1 ? "value" : "values");
        form_add_markup(out, buf_str(&s->paths));
        buf_add_str(out, STR("\">"));
        buf_add_str(out, buf_str(&s->text));
        buf_add_str(out, STR("</failure>\n  </testcase>\n"));
    } else {
        s->skipped++;
        buf_add_str(out, STR(">\n    <skipped message=\"no drift: "));
        form_add_markup(out, buf_str(&s->paths));
        buf_add_str(out, STR("\"/>\n  </testcase>\n"));
    }
    buf_clear(&s->paths);
    buf_clear(&s->text);
    s->values = 0;
    s->drift = false;
}

static void whole(struct state *s, const struct change *c)
{
    bool added = c->class == CHANGE_ADDED;
    case_begin(s, c->entity, c->key);
    s->failures++;
    s->told += c->count;
    buf_printf(&s->cases,
               ">\n    <failure type=\"%s\" message=\"only the %s side has this record",
               change_name(c->class), added ? "right" : "left");
    if (c->count > 1)
        buf_printf(&s->cases, ", %llu times", (unsigned long long)c->count);
    buf_add_str(&s->cases, STR("\"/>\n  </testcase>\n"));
}

static void add_value(struct state *s, struct str v, struct str other)
{
    buf_clear(&s->value);
    form_add_excerpt(&s->value, v, other, VALUE_BYTES);
    form_add_markup(&s->text, buf_str(&s->value));
}

#define PATHS_BYTES 200u /* of a message, which is one line */

static void change(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    if (form_is_whole(c) || !str_eq(buf_str(&s->key), c->key))
        end_record(s);
    if (form_is_whole(c)) {
        whole(s, c);
        return;
    }
    if (!s->values) {
        buf_clear(&s->entity);
        buf_clear(&s->key);
        buf_add_str(&s->entity, c->entity);
        buf_add_str(&s->key, c->key);
    }
    if (s->paths.n < PATHS_BYTES) {
        buf_add_str(&s->paths, s->values ? STR(", ") : STR(""));
        buf_add_str(&s->paths, c->path);
    }
    s->values++;
    s->drift = s->drift || change_is_drift(c->class, c->scrub);
    form_add_markup(&s->text, c->path);
    buf_add_str(&s->text, STR(": "));
    add_value(s, c->left, c->right);
    buf_add_str(&s->text, STR(" → "));
    add_value(s, c->right, c->left);
    if (*form_label(c) || c->reference) {
        buf_add_str(&s->text, STR(" ("));
        form_labels(&s->text, c);
        buf_add_char(&s->text, ')');
    }
    buf_add_char(&s->text, '\n');
}

static void entity(struct report *r, const struct change_entity *en)
{
    struct state *s = r->state;
    struct buf *out = &r->out;
    end_record(s);
    s->suites++;
    uint64_t drift = en->added + en->removed + en->changed;
    if (!drift) {
        case_begin(s, en->name, STR("no drift"));
        buf_add_str(&s->cases, STR("/>\n"));
    } else if (drift > s->told) { /* an entity may not pass because of --max */
        case_begin(s, en->name, STR("records that are not shown"));
        s->failures++;
        buf_printf(&s->cases,
                   ">\n    <failure type=\"not-shown\" message=\"%llu more %s\"/>\n"
                   "  </testcase>\n",
                   (unsigned long long)(drift - s->told),
                   drift - s->told == 1 ? "record differs" : "records differ");
    }
    buf_add_str(out, STR("<testsuite name=\""));
    form_add_markup(out, en->name);
    buf_printf(out,
               "\" tests=\"%llu\" failures=\"%llu\" errors=\"0\" skipped=\"%llu\">\n",
               (unsigned long long)s->tests, (unsigned long long)s->failures,
               (unsigned long long)s->skipped);
    buf_add_str(out, buf_str(&s->cases));
    buf_add_str(out, STR("</testsuite>\n"));
    buf_clear(&s->cases);
    s->tests = s->failures = s->skipped = s->told = 0;
}

static void end(struct report *r, const struct drift_counts *counts)
{
    const struct state *s = r->state;
    (void)counts;
    if (!s->suites) /* two empty sides: a report without any case is a failed one to
                     * many servers */
        buf_add_str(&r->out, STR("<testsuite name=\"all\" tests=\"1\" failures=\"0\" "
                                 "errors=\"0\" skipped=\"0\">\n"
                                 "  <testcase classname=\"all\" name=\"no drift\"/>\n"
                                 "</testsuite>\n"));
    buf_add_str(&r->out, STR("</testsuites>\n"));
}

static void done(void *state)
{
    struct state *s = state;
    buf_done(&s->cases);
    buf_done(&s->text);
    buf_done(&s->paths);
    buf_done(&s->entity);
    buf_done(&s->key);
    buf_done(&s->value);
    free(s);
}

const struct report_form report_junit = {.name = "junit",
                                         .max = SHOWN,
                                         .begin = begin,
                                         .change = change,
                                         .entity = entity,
                                         .end = end,
                                         .done = done};
