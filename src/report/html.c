/*
 * One page that needs nothing else: an overview, a heat map, the changes by record. It
 * is whole without its script, which only filters. Changes that are shown are kept
 * until the end, for the overview stands first; `max` bounds them.
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "base/base64.h"
#include "base/shipped.h"
#include "crypt/digest.h"
#include "report/forms.h"
#include "report/html.h"

#define SHOWN       5000u /* changes that a browser searches without a pause */
#define VALUE_BYTES 240u  /* of a value that has another one beside it */
#define WHOLE_BYTES 600u  /* of a record that stands alone */

struct state {
    struct heat heat;
    struct buf list;         /* changes so far */
    struct buf rows;         /* of the record that is being told */
    struct buf key;          /* that record's; empty: none */
    enum change_class class; /* the weightiest of its rows */
    uint64_t n_rows, copies;
    size_t listed; /* entities that have a list: all before this one that drift */
    bool open;     /* a list is */
};

static void *begin(struct report *r)
{
    (void)r;
    return NEW(struct state);
}

static void count(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    if (c->class == CHANGE_CHANGED)
        heat_count(&s->heat, c);
}

static void end_record(struct state *s)
{
    struct buf *out = &s->list;
    if (!s->n_rows)
        return;
    const char *class = change_name(s->class);
    bool whole = s->class == CHANGE_ADDED || s->class == CHANGE_REMOVED;
    buf_printf(out,
               "<tbody data-class=\"%s\"><tr class=\"record %s\">"
               "<th colspan=\"3\" scope=\"rowgroup\"><b class=\"tag\">%s</b> <code>",
               class, class, class);
    form_add_markup(out, buf_str(&s->key));
    buf_add_str(out, STR("</code>"));
    if (s->copies > 1) {
        buf_add_str(out, STR(" <small>×\u00a0"));
        html_add_number(out, s->copies);
        buf_add_str(out, STR("</small>"));
    }
    if (!whole && s->n_rows > 1) {
        buf_add_str(out, STR(" <small>"));
        html_add_number(out, s->n_rows);
        buf_add_str(out, STR(" values</small>"));
    }
    buf_add_str(out, STR("</th></tr>\n"));
    buf_add_str(out, buf_str(&s->rows));
    buf_add_str(out, STR("</tbody>\n"));
    buf_clear(&s->rows);
    buf_clear(&s->key);
    s->n_rows = 0;
}

static void end_list(struct state *s)
{
    end_record(s);
    if (s->open)
        buf_add_str(&s->list, STR("</table></section>\n"));
    s->open = false;
}

static void begin_list(struct state *s, struct str entity)
{
    struct buf *out = &s->list;
    s->listed = s->heat.n_rows + 1;
    s->open = true;
    buf_printf(out, "<section class=\"list\" id=\"e%zu\"><h3>", s->heat.n_rows);
    form_add_markup(out, entity);
    buf_add_str(out, STR("</h3>\n<table class=\"changes\"><caption class=\"hidden\">"
                         "Changes of "));
    form_add_markup(out, entity);
    buf_add_str(out, STR("</caption><thead><tr><th scope=\"col\">Field</th>"
                         "<th scope=\"col\">Left</th><th scope=\"col\">Right</th></tr>"
                         "</thead>\n"));
}

static void value_row(struct buf *out, const struct change *c)
{
    buf_printf(out, "<tr class=\"%s\"><th scope=\"row\"><code>", change_name(c->class));
    form_add_markup(out, c->path);
    buf_add_str(out, STR("</code>"));
    if (*form_label(c) || c->reference) {
        buf_add_str(out, STR(" <small>"));
        form_labels(out, c);
        buf_add_str(out, STR("</small>"));
    }
    buf_add_str(out, STR("</th><td class=\"left\">"));
    html_add_value(out, c->left, c->right, VALUE_BYTES);
    buf_add_str(out, STR("</td><td class=\"right\">"));
    html_add_value(out, c->right, c->left, VALUE_BYTES);
    buf_add_str(out, STR("</td></tr>\n"));
}

static void change(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    bool whole = form_is_whole(c);
    if (!s->open)
        begin_list(s, c->entity);
    if (whole || !str_eq(buf_str(&s->key), c->key))
        end_record(s);
    if (!s->n_rows) {
        s->class = c->class;
        s->copies = c->count;
        buf_add_str(&s->key, c->key);
    }
    if (change_is_drift(c->class, c->scrub))
        s->class = c->class;
    s->n_rows++;
    if (!whole) {
        value_row(&s->rows, c);
        return;
    }
    buf_printf(&s->rows, "<tr class=\"%s\"><td colspan=\"3\" class=\"%s\">",
               change_name(c->class), c->left.p ? "left" : "right");
    html_add_value(&s->rows, c->left.p ? c->left : c->right, str_n(NULL, 0),
                   WHOLE_BYTES);
    buf_add_str(&s->rows, STR("</td></tr>\n"));
    end_record(s);
}

static void entity(struct report *r, const struct change_entity *en)
{
    struct state *s = r->state;
    end_list(s);
    heat_entity(&s->heat, en);
}

/* "sha256-" and the digest in base64, as Content-Security-Policy wants it. */
static void add_hash(struct buf *out, struct str block)
{
    uint8_t d[SHA256_SIZE];
    sha256_of(block, d);
    buf_add_str(out, STR("'sha256-"));
    base64_add_padded(out, d, sizeof d);
    buf_add_char(out, '\'');
}

static void head(struct report *r, struct str style, struct str script)
{
    struct buf *out = &r->out;
    buf_add_str(out, STR("<!doctype html>\n<html lang=\"en\">\n<head>\n"
                         "<meta charset=\"utf-8\">\n"
                         "<meta http-equiv=\"Content-Security-Policy\" "
                         "content=\"default-src 'none'; style-src "));
    add_hash(out, style);
    buf_add_str(out, STR("; script-src "));
    add_hash(out, script);
    buf_add_str(out, STR("; base-uri 'none'; form-action 'none'\">\n"
                         "<meta name=\"viewport\" content=\"width=device-width, "
                         "initial-scale=1\">\n"
                         "<meta name=\"color-scheme\" content=\"light dark\">\n"
                         "<meta name=\"referrer\" content=\"no-referrer\">\n"
                         "<title>Drift: "));
    form_add_markup(out, str_of(r->options.names[0]));
    buf_add_str(out, STR(" → "));
    form_add_markup(out, str_of(r->options.names[1]));
    buf_add_str(out, STR("</title>\n<style>"));
    buf_add_str(out, style);
    buf_add_str(out, STR("</style>\n</head>\n<body>\n"));
}

static void side(struct buf *out, const char *what, const char *name, uint64_t records)
{
    buf_printf(out, "<div><dt>%s</dt><dd><code>", what);
    form_add_markup(out, str_of(name));
    buf_add_str(out, STR("</code> <small>"));
    html_add_number(out, records);
    buf_printf(out, " %s</small></dd></div>\n", records == 1 ? "record" : "records");
}

static void tile(struct buf *out, uint64_t n, const char *class, const char *what)
{
    buf_printf(out, "<li class=\"%s\"><b>", n ? class : "zero");
    html_add_number(out, n);
    buf_printf(out, "</b> %s</li>\n", what);
}

static void note(struct buf *out, uint64_t n, const char *one, const char *many)
{
    if (!n)
        return;
    buf_add_str(out, STR("<li>"));
    html_add_number(out, n);
    buf_printf(out, " %s</li>\n", n == 1 ? one : many);
}

static void notes(struct buf *out, const struct drift_counts *c)
{
    buf_add_str(out, STR("<ul class=\"notes\">\n"));
    if (c->equal_roots) {
        buf_add_str(out, STR("<li>The two root digests are equal: the content is the "
                             "same, and nothing else was read.</li>\n"));
    } else {
        buf_add_str(out, STR("<li>The root digests differ: "));
        html_add_number(out, c->pages_read);
        buf_add_str(out, STR(" of "));
        html_add_number(out, c->pages);
        buf_add_str(out, STR(" index pages and "));
        html_add_number(out, c->members_read);
        buf_add_str(out, STR(" of "));
        html_add_number(out, c->members);
        buf_add_str(out, STR(" data members were read.</li>\n"));
    }
    note(out, c->by_scrub[SCRUB_LEAK], "value should have been scrubbed and is not.",
         "values should have been scrubbed and are not.");
    note(out, c->by_scrub[SCRUB_CHANGED],
         "scrubbed value is not what the rules make of production's.",
         "scrubbed values are not what the rules make of production's.");
    note(out, c->by_scrub[SCRUB_NO_RULE], "value is decided by no rule.",
         "values are decided by no rule.");
    note(out, c->by_side[SIDE_LEFT], "change was made on the left alone.",
         "changes were made on the left alone.");
    note(out, c->by_side[SIDE_RIGHT], "change was made on the right alone.",
         "changes were made on the right alone.");
    note(out, c->by_side[SIDE_SAME], "change was made on both sides alike.",
         "changes were made on both sides alike.");
    note(out, c->by_side[SIDE_CONFLICT], "conflict.", "conflicts.");
    note(out, c->by_reference[REFERENCE_REPOINTED],
         "reference leads to another record.", "references lead to other records.");
    note(out, c->by_reference[REFERENCE_DANGLING],
         "reference leads to no record of its side.",
         "references lead to no record of their side.");
    note(out, c->volatile_only, "record differs in volatile fields alone.",
         "records differ in volatile fields alone.");
    note(out, c->by_class[CHANGE_IGNORED], "difference was ignored.",
         "differences were ignored.");
    note(out, c->by_class[CHANGE_RESPELLED], "value is only written differently.",
         "values are only written differently.");
    note(out, c->normalized, "of these is equal in a normal form of Unicode alone.",
         "of these are equal in a normal form of Unicode alone.");
    note(out, c->by_class[CHANGE_NOT_EXPORTED], "member is never exported by one side.",
         "members are never exported by one side.");
    note(out, c->duplicates[0], "record on the left has a key that another one has.",
         "records on the left have a key that another one has.");
    note(out, c->duplicates[1], "record on the right has a key that another one has.",
         "records on the right have a key that another one has.");
    note(out, c->keyless[0], "record on the left has no key; compared by content.",
         "records on the left have no key; compared by content.");
    note(out, c->keyless[1], "record on the right has no key; compared by content.",
         "records on the right have no key; compared by content.");
    buf_add_str(out, STR("</ul>\n"));
}

static void overview(struct report *r, const struct drift_counts *c)
{
    struct buf *out = &r->out;
    const struct state *s = r->state;
    uint64_t drift = c->added + c->removed + c->changed;
    buf_add_str(out, STR("<header>\n<p class=\"brand\">sandcast diff</p>\n<h1>"));
    if (drift) {
        html_add_number(out, drift);
        buf_printf(out, " %s</h1>\n", drift == 1 ? "record differs" : "records differ");
    } else {
        buf_add_str(out, STR("No drift</h1>\n"));
    }
    buf_add_str(out, STR("<dl class=\"sides\">\n"));
    side(out, "Left", r->options.names[0], c->records[0]);
    side(out, "Right", r->options.names[1], c->records[1]);
    buf_add_str(out, STR("</dl>\n<ul class=\"tiles\">\n"));
    tile(out, c->added, "added", "added");
    tile(out, c->removed, "removed", "removed");
    tile(out, c->changed, "changed", "changed");
    tile(out, c->by_class[CHANGE_CHANGED], "values", "values changed");
    buf_add_str(out, STR("</ul>\n"));
    notes(out, c);
    buf_add_str(out, STR("</header>\n<main>\n"));
    if (s->heat.n_rows) {
        buf_add_str(out, STR("<section><h2>Entities</h2>\n"));
        html_add_entities(out, &s->heat, s->listed);
        buf_add_str(out, STR("</section>\n"));
    }
}

/* Hidden until the script shows it: without one nothing could answer. */
static void filters(struct report *r)
{
    struct buf *out = &r->out;
    buf_add_str(out, STR("<form id=\"filter\" role=\"search\" hidden>\n"
                         "<label>Search <input type=\"search\" id=\"find\" "
                         "autocomplete=\"off\" placeholder=\"Part: /cost\"></label>\n"
                         "<fieldset><legend class=\"hidden\">Classes</legend>\n"));
    for (unsigned i = 0; i < CHANGES; i++)
        if (r->options.shown[i])
            buf_printf(out,
                       "<label class=\"%s\"><input type=\"checkbox\" value=\"%s\" "
                       "checked> %s</label>\n",
                       change_name(i), change_name(i), change_name(i));
    buf_add_str(out, STR("</fieldset>\n<output id=\"found\" aria-live=\"polite\">"
                         "</output>\n</form>\n"));
}

static void changes(struct report *r)
{
    struct buf *out = &r->out;
    const struct state *s = r->state;
    uint64_t left_out = form_left_out(r);
    if (!r->n)
        return;
    buf_add_str(out, STR("<section><h2>Changes</h2>\n"));
    filters(r);
    if (left_out) {
        buf_add_str(out, STR("<p class=\"cut\">The first "));
        html_add_number(out, r->n - left_out);
        buf_add_str(out, STR(" of "));
        html_add_number(out, r->n);
        buf_add_str(out, STR(" changes; all are counted above "
                             "(<code>--max 0</code> lists all).</p>\n"));
    }
    buf_add_str(out, buf_str(&s->list));
    buf_add_str(out, STR("</section>\n"));
}

static void end(struct report *r, const struct drift_counts *counts)
{
    struct state *s = r->state;
    struct str style = shipped_get(STR("page.css"));
    struct str script = shipped_get(STR("page.js"));
    end_list(s);
    heat_arrange(&s->heat);
    head(r, style, script);
    overview(r, counts);
    html_add_map(&r->out, &s->heat, s->listed);
    changes(r);
    buf_add_str(&r->out, STR("</main>\n<script>"));
    buf_add_str(&r->out, script);
    buf_add_str(&r->out, STR("</script>\n</body>\n</html>\n"));
}

static void done(void *state)
{
    struct state *s = state;
    heat_done(&s->heat);
    buf_done(&s->list);
    buf_done(&s->rows);
    buf_done(&s->key);
    free(s);
}

const struct report_form report_html = {.name = "html",
                                        .max = SHOWN,
                                        .begin = begin,
                                        .count = count,
                                        .change = change,
                                        .entity = entity,
                                        .end = end,
                                        .done = done};
