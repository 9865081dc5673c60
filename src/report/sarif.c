/*
 * SARIF 2.1.0 (OASIS, errata 01): a rule for each class of changes, a result for each
 * change, written as they come. A result's place is a logical one, Part[4711]/cost, in
 * the side that shows it; its fingerprint is of that place and the class, so that tools
 * know a change again in the next run. Message texts pass json/visible.h.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/hash.h"
#include "config.h"
#include "report/forms.h"
#include "json/visible.h"

#define SHOWN       5000u /* what code hosts show of a run */
#define VALUE_BYTES 120u

struct state {
    struct emit j;
    struct buf text;
};

static void text_member(struct emit *j, const char *key, struct str text)
{
    emit_key(j, str_of(key));
    emit_object(j);
    emit_key_string(j, "text", text);
    emit_object_end(j);
}

static const char *level_of(enum change_class c, enum change_scrub s)
{
    if (s == SCRUB_LEAK)
        return "error";
    return change_is_drift(c, s) || c == CHANGE_DANGLING ? "warning" : "note";
}

static void rules(struct emit *j)
{
#define X(id, name, text) text,
    static const char *const says[] = {CHANGE_LIST(X)};
#undef X
    emit_key(j, STR("rules"));
    emit_array(j);
    for (unsigned c = 0; c < CHANGES; c++) {
        emit_object(j);
        emit_key_string(j, "id", str_of(change_name(c)));
        text_member(j, "shortDescription", str_of(says[c]));
        emit_key(j, STR("defaultConfiguration"));
        emit_object(j);
        emit_key_string(j, "level", str_of(level_of(c, SCRUB_NONE)));
        emit_object_end(j);
        emit_object_end(j);
    }
    emit_array_end(j);
}

static void *begin(struct report *r)
{
    struct state *s = NEW(struct state);
    struct emit *j = &s->j;
    emit_init(j, &r->out);
    emit_object(j);
    emit_key_string(j, "$schema",
                    STR("https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/"
                        "schemas/sarif-schema-2.1.0.json"));
    emit_key_string(j, "version", STR("2.1.0"));
    emit_key(j, STR("runs"));
    emit_array(j);
    emit_object(j);
    emit_key(j, STR("tool"));
    emit_object(j);
    emit_key(j, STR("driver"));
    emit_object(j);
    emit_key_string(j, "name", STR("sandcast"));
    emit_key_string(j, "version", STR(SANDCAST_VERSION));
    rules(j);
    emit_object_end(j);
    emit_object_end(j);
    emit_key_string(j, "columnKind", STR("utf16CodeUnits"));
    emit_key(j, STR("results"));
    emit_array(j);
    return s;
}

/* The file name as a relative reference (RFC 3986). */
static struct str uri_of(struct state *s, const char *name)
{
    buf_clear(&s->text);
    for (; *name; name++)
        if (isalnum((unsigned char)*name) || strchr("-._~/", *name))
            buf_add_char(&s->text, *name);
        else
            buf_printf(&s->text, "%%%02X", (uint8_t)*name);
    return buf_str(&s->text);
}

static struct str message_of(struct state *s, const struct change *c)
{
    struct buf *out = &s->text;
    buf_clear(out);
    visible_add(out, c->entity, false);
    buf_add_char(out, ' ');
    visible_add(out, c->key, false);
    if (form_is_whole(c)) {
        buf_printf(out, ": only the %s side has this record",
                   c->class == CHANGE_ADDED ? "right" : "left");
        if (c->count > 1)
            buf_printf(out, ", %llu times", (unsigned long long)c->count);
        return buf_str(out);
    }
    buf_add_str(out, STR(": "));
    visible_add(out, c->path, false);
    buf_add_str(out, STR(" is "));
    form_add_excerpt(out, c->left, c->right, VALUE_BYTES);
    buf_add_str(out, STR(" on the left, "));
    form_add_excerpt(out, c->right, c->left, VALUE_BYTES);
    buf_add_str(out, STR(" on the right"));
    if (c->reference)
        buf_printf(out, "; %s", form_reference(c));
    return buf_str(out);
}

static struct str place_of(struct state *s, const struct change *c)
{
    buf_clear(&s->text);
    visible_add(&s->text, c->entity, false);
    visible_add(&s->text, c->key, false);
    visible_add(&s->text, c->path, false);
    return buf_str(&s->text);
}

static void location(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    struct emit *j = &s->j;
    emit_key(j, STR("locations"));
    emit_array(j);
    emit_object(j);
    emit_key(j, STR("physicalLocation"));
    emit_object(j);
    emit_key(j, STR("artifactLocation"));
    emit_object(j);
    emit_key_string(j, "uri", uri_of(s, r->options.names[c->class != CHANGE_REMOVED]));
    emit_object_end(j);
    emit_object_end(j);
    emit_key(j, STR("logicalLocations"));
    emit_array(j);
    emit_object(j);
    emit_key_string(j, "fullyQualifiedName", place_of(s, c));
    emit_key_string(j, "kind", c->path.n ? STR("member") : STR("object"));
    emit_object_end(j);
    emit_array_end(j);
    emit_object_end(j);
    emit_array_end(j);
}

static void change(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    struct emit *j = &s->j;
    const struct str pieces[] = {c->entity, c->key, c->path,
                                 str_of(change_name(c->class))};
    char print[17];
    snprintf(print, sizeof print, "%016llx",
             (unsigned long long)hash64_pieces(pieces, 4));
    buf_add_char(&r->out, '\n'); /* space between two elements */
    emit_object(j);
    emit_key_string(j, "ruleId", str_of(change_name(c->class)));
    emit_key_uint(j, "ruleIndex", c->class);
    emit_key_string(j, "level", str_of(level_of(c->class, c->scrub)));
    text_member(j, "message", message_of(s, c));
    location(r, c);
    emit_key(j, STR("partialFingerprints"));
    emit_object(j);
    emit_key_string(j, "sandcastChange/v1", str_of(print));
    emit_object_end(j);
    emit_object_end(j);
}

static void end(struct report *r, const struct drift_counts *counts)
{
    struct state *s = r->state;
    struct emit *j = &s->j;
    emit_array_end(j);
    emit_key(j, STR("properties"));
    emit_object(j);
    emit_key(j, STR("left"));
    form_name(j, r->options.names[0]);
    emit_key(j, STR("right"));
    form_name(j, r->options.names[1]);
    emit_key_uint(j, "notShown", form_left_out(r));
    form_counts(j, counts);
    emit_object_end(j);
    emit_object_end(j);
    emit_array_end(j);
    emit_object_end(j);
    buf_add_char(&r->out, '\n');
}

static void done(void *state)
{
    struct state *s = state;
    buf_done(&s->text);
    free(s);
}

const struct report_form report_sarif = {.name = "sarif",
                                         .max = SHOWN,
                                         .begin = begin,
                                         .change = change,
                                         .end = end,
                                         .done = done};
