/*
 * A comment for a pull request: a table of the entities, the changes folded away.
 *
 * What comes from a tenant stands in code spans, whose fences are longer than any run
 * of backquotes in them: nothing in there is Markdown or HTML (CommonMark 0.31, 6.1).
 * In a table a pipe needs a backslash all the same (GFM, 4.10).
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "report/forms.h"

#define SHOWN       200u
#define VALUE_BYTES 80u
#define LIST_BYTES  (40u << 10) /* code hosts take comments of 64 Ki characters */
#define ROWS_BYTES  (16u << 10)

struct state {
    struct buf rows, list, entity, key, text;
    uint64_t listed; /* changes */
    size_t equal, more_rows;
};

static void *begin(struct report *r)
{
    (void)r;
    return NEW(struct state);
}

static size_t longest_run(struct str s, char c)
{
    size_t longest = 0;
    for (size_t i = 0, n = 0; i < s.n; i++) {
        n = s.p[i] == c ? n + 1 : 0;
        longest = n > longest ? n : longest;
    }
    return longest;
}

static void fence(struct buf *out, size_t n)
{
    for (; n; n--)
        buf_add_char(out, '`');
}

/* `text` is visible already. */
static void code(struct buf *out, struct str text, bool table)
{
    size_t n = longest_run(text, '`') + 1;
    /* A span begins and ends beside the fence; a space on both sides is not shown. */
    bool space =
        !text.n || text.p[0] == '`' || text.p[text.n - 1] == '`' || text.p[0] == ' ';
    fence(out, n);
    buf_add_str(out, space ? STR(" ") : STR(""));
    for (size_t i = 0; i < text.n; i++) {
        if (table && text.p[i] == '|')
            buf_add_char(out, '\\');
        buf_add_char(out, text.p[i]);
    }
    buf_add_str(out, space ? STR(" ") : STR(""));
    fence(out, n);
}

static void value(struct state *s, struct str v, struct str other)
{
    struct str class;
    buf_clear(&s->text);
    form_add_excerpt(&s->text, v, other, VALUE_BYTES);
    if (form_is_masked(v, &class))
        buf_add_str(&s->list, STR("*masked*"));
    else if (v.p)
        code(&s->list, buf_str(&s->text), false);
    else
        buf_add_str(&s->list, STR("*absent*"));
}

static void text_code(struct state *s, struct buf *out, struct str text, bool table)
{
    buf_clear(&s->text);
    form_add_excerpt(&s->text, text, str_n(NULL, 0), VALUE_BYTES);
    code(out, buf_str(&s->text), table);
}

static void record(struct state *s, const struct change *c)
{
    struct buf *out = &s->list;
    bool same =
        str_eq(buf_str(&s->entity), c->entity) && str_eq(buf_str(&s->key), c->key);
    bool whole = form_is_whole(c);
    if (same && !whole)
        return;
    buf_clear(&s->entity);
    buf_clear(&s->key);
    buf_add_str(out, STR("- "));
    text_code(s, out, c->entity, false);
    buf_add_char(out, ' ');
    text_code(s, out, c->key, false);
    if (whole)
        buf_printf(out, " **%s**", change_name(c->class));
    if (c->count > 1)
        buf_printf(out, " ×%llu", (unsigned long long)c->count);
    buf_add_char(out, '\n');
    if (whole)
        return;
    buf_add_str(&s->entity, c->entity);
    buf_add_str(&s->key, c->key);
}

static void change(struct report *r, const struct change *c)
{
    struct state *s = r->state;
    struct buf *out = &s->list;
    if (out->n > LIST_BYTES)
        return;
    s->listed++;
    record(s, c);
    if (form_is_whole(c))
        return;
    buf_add_str(out, STR("  - "));
    text_code(s, out, c->path, false);
    buf_add_str(out, STR(" "));
    value(s, c->left, c->right);
    buf_add_str(out, STR(" → "));
    value(s, c->right, c->left);
    if (*form_label(c) || c->reference) {
        buf_add_str(out, STR(" ("));
        form_labels(out, c);
        buf_add_char(out, ')');
    }
    buf_add_char(out, '\n');
}

static void numbers(struct buf *out, const uint64_t *n, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        buf_add_str(out, STR(" | "));
        form_number(out, n[i]);
    }
    buf_add_str(out, STR(" |\n"));
}

static void entity(struct report *r, const struct change_entity *en)
{
    struct state *s = r->state;
    if (!en->added && !en->removed && !en->changed) {
        s->equal++;
        return;
    }
    if (s->rows.n > ROWS_BYTES) {
        s->more_rows++;
        return;
    }
    buf_add_str(&s->rows, STR("| "));
    text_code(s, &s->rows, en->name, true);
    numbers(&s->rows,
            (uint64_t[]){en->records[0], en->records[1], en->added, en->removed,
                         en->changed},
            5);
}

static void table(struct report *r, const struct drift_counts *c)
{
    struct state *s = r->state;
    struct buf *out = &r->out;
    buf_add_str(out, STR("| Entity | Left | Right | Added | Removed | Changed |\n"
                         "| :-- | --: | --: | --: | --: | --: |\n"));
    buf_add_str(out, buf_str(&s->rows));
    if (s->more_rows)
        buf_printf(out, "| %zu more entities | | | | | |\n", s->more_rows);
    buf_add_str(out, STR("| **All**"));
    numbers(
        out,
        (uint64_t[]){c->records[0], c->records[1], c->added, c->removed, c->changed},
        5);
    if (s->equal)
        buf_printf(out, "\n%zu %s without drift.\n", s->equal,
                   s->equal == 1 ? "entity" : "entities");
}

static void end(struct report *r, const struct drift_counts *c)
{
    struct state *s = r->state;
    struct buf *out = &r->out;
    uint64_t drift = c->added + c->removed + c->changed;
    buf_add_str(out, STR("### "));
    if (drift)
        form_number(out, drift);
    buf_add_str(out, drift == 0   ? STR("No drift\n\n")
                     : drift == 1 ? STR(" record differs\n\n")
                                  : STR(" records differ\n\n"));
    text_code(s, out, str_of(r->options.names[0]), false);
    buf_add_str(out, STR(" → "));
    text_code(s, out, str_of(r->options.names[1]), false);
    buf_add_str(out, STR("\n"));
    if (drift) {
        buf_add_char(out, '\n');
        table(r, c);
    }
    if (!s->listed)
        return;
    buf_add_str(out, STR("\n<details>\n<summary>"));
    if (s->listed < r->n)
        buf_add_str(out, STR("The first "));
    form_number(out, s->listed);
    if (s->listed < r->n) {
        buf_add_str(out, STR(" of "));
        form_number(out, r->n);
    }
    buf_add_str(out, r->n == 1 ? STR(" change") : STR(" changes"));
    buf_add_str(out, STR("</summary>\n\n"));
    buf_add_str(out, buf_str(&s->list));
    buf_add_str(out, STR("\n</details>\n"));
}

static void done(void *state)
{
    struct state *s = state;
    buf_done(&s->rows);
    buf_done(&s->list);
    buf_done(&s->entity);
    buf_done(&s->key);
    buf_done(&s->text);
    free(s);
}

const struct report_form report_markdown = {.name = "markdown",
                                            .max = SHOWN,
                                            .begin = begin,
                                            .change = change,
                                            .entity = entity,
                                            .end = end,
                                            .done = done};
