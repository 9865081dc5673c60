/* The two tables of the page that show where drift is. */
#include "report/forms.h"
#include "report/html.h"

#define COLUMNS 16u   /* fields side by side; the rest is one sum */
#define LISTED  1000u /* cells in the list behind the map */
#define BAR     100u  /* units of a bar's width */

/* Shares that begin a colour, in thousandths; the first is anything at all. */
static const unsigned levels[] = {0, 1, 10, 50, 200, 500};
static const char *const level_names[] = {"below 0.1\u00a0%", "0.1\u00a0%",
                                          "1\u00a0%",         "5\u00a0%",
                                          "20\u00a0%",        "50\u00a0% and more"};
#define LEVELS (sizeof levels / sizeof *levels)

static uint64_t drift_of(const struct heat_row *row)
{
    return row->entity.added + row->entity.removed + row->entity.changed;
}

/* Records that both sides have: what changed values are a share of. */
static uint64_t common_of(const struct heat_row *row)
{
    const struct change_entity *en = &row->entity;
    return en->records[0] > en->removed ? en->records[0] - en->removed : 0;
}

static unsigned level_of(uint64_t part, uint64_t whole)
{
    unsigned level = 0;
    double share = whole ? 1000.0 * (double)part / (double)whole : 1000;
    while (level + 1 < LEVELS && share >= levels[level + 1])
        level++;
    return level + 1;
}

static void cell(struct buf *out, uint64_t n, const char *class)
{
    buf_printf(out, "<td class=\"n%s\">", n ? class : " zero");
    html_add_number(out, n);
    buf_add_str(out, STR("</td>"));
}

static void name(struct buf *out, const struct heat *h, size_t row, size_t listed)
{
    buf_add_str(out, STR("<th scope=\"row\">"));
    if (row < listed)
        buf_printf(out, "<a href=\"#e%zu\">", row);
    form_add_markup(out, h->rows[row].entity.name);
    buf_add_str(out, row < listed ? STR("</a></th>") : STR("</th>"));
}

static void bar(struct buf *out, const struct heat_row *row)
{
    const struct change_entity *en = &row->entity;
    const uint64_t parts[] = {en->added, en->removed, en->changed};
    static const char *const classes[] = {"added", "removed", "changed"};
    uint64_t whole = en->records[0] + en->added;
    buf_add_str(out, STR("<td class=\"n\">"));
    html_add_share(out, drift_of(row), whole);
    buf_printf(out,
               "</td><td class=\"bar\"><svg viewBox=\"0 0 %u 8\" "
               "preserveAspectRatio=\"none\" aria-hidden=\"true\">",
               BAR);
    double x = 0;
    for (unsigned i = 0; i < 3; i++) {
        double w = whole ? (double)BAR * (double)parts[i] / (double)whole : 0;
        if (parts[i] && w < 1)
            w = 1;
        if (parts[i])
            buf_printf(out,
                       "<rect class=\"%s\" x=\"%.1f\" width=\"%.1f\" height=\"8\"/>",
                       classes[i], x, w);
        x += w;
    }
    buf_add_str(out, STR("</svg></td>"));
}

static void quiet_entities(struct buf *out, const struct heat *h)
{
    size_t n = 0;
    for (size_t i = 0; i < h->n_rows; i++)
        n += !drift_of(&h->rows[i]);
    if (!n)
        return;
    buf_printf(out, "<details><summary>%zu %s without drift</summary><p>", n,
               n == 1 ? "entity" : "entities");
    for (size_t i = 0, k = 0; i < h->n_rows; i++)
        if (!drift_of(&h->rows[i])) {
            buf_add_str(out, k++ ? STR(", ") : STR(""));
            form_add_markup(out, h->rows[i].entity.name);
        }
    buf_add_str(out, STR("</p></details>\n"));
}

void html_add_entities(struct buf *out, const struct heat *h, size_t listed)
{
    bool any = false;
    for (size_t i = 0; i < h->n_rows; i++) {
        const struct change_entity *en = &h->rows[i].entity;
        if (!drift_of(&h->rows[i]))
            continue;
        if (!any)
            buf_add_str(out,
                        STR("<div class=\"scroll\"><table class=\"entities\">"
                            "<caption>Records by entity</caption><thead><tr>"
                            "<th scope=\"col\">Entity</th>"
                            "<th scope=\"col\" class=\"n\">Left</th>"
                            "<th scope=\"col\" class=\"n\">Right</th>"
                            "<th scope=\"col\" class=\"n\">Added</th>"
                            "<th scope=\"col\" class=\"n\">Removed</th>"
                            "<th scope=\"col\" class=\"n\">Changed</th>"
                            "<th scope=\"col\" class=\"share\" colspan=\"2\">Share</th>"
                            "</tr></thead>\n<tbody>\n"));
        any = true;
        buf_add_str(out, STR("<tr>"));
        name(out, h, i, listed);
        cell(out, en->records[0], "");
        cell(out, en->records[1], "");
        cell(out, en->added, " added");
        cell(out, en->removed, " removed");
        cell(out, en->changed, " changed");
        bar(out, &h->rows[i]);
        buf_add_str(out, STR("</tr>\n"));
    }
    if (any)
        buf_add_str(out, STR("</tbody></table></div>\n"));
    quiet_entities(out, h);
}

static void legend(struct buf *out)
{
    buf_add_str(out, STR("<p class=\"legend\"><span>Changed values; the colour is the "
                         "share of the entity's records:</span>"));
    for (unsigned i = 0; i < LEVELS; i++)
        buf_printf(out, " <span class=\"key h%u\">%s</span>", i + 1, level_names[i]);
    buf_add_str(out, STR("</p>\n"));
}

static void map_cell(struct buf *out, const struct heat_row *row, size_t at,
                     size_t listed, const struct heat_cell *c)
{
    uint64_t whole = common_of(row);
    buf_printf(out, "<td class=\"n h%u\">", level_of(c->records, whole));
    if (at < listed) {
        buf_printf(out, "<a href=\"#e%zu\" data-find=\"", at);
        form_add_markup(out, row->entity.name);
        buf_add_str(out, STR(": /"));
        form_add_markup(out, c->field);
        buf_add_str(out, STR("\">"));
    }
    html_add_number(out, c->values);
    buf_add_str(out, at < listed ? STR("</a><small>") : STR("<small>"));
    html_add_share(out, c->records, whole);
    buf_add_str(out, STR("</small></td>"));
}

static void map_row(struct buf *out, const struct heat *h, size_t at, size_t columns,
                    size_t listed)
{
    const struct heat_row *row = &h->rows[at];
    uint64_t rest = row->values;
    buf_add_str(out, STR("<tr>"));
    name(out, h, at, listed);
    for (size_t i = 0; i < columns; i++) {
        const struct heat_cell *c = heat_at(row, h->fields[i].field);
        if (c) {
            rest -= c->values;
            map_cell(out, row, at, listed, c);
        } else {
            buf_add_str(out, STR("<td></td>"));
        }
    }
    if (columns < h->n_fields) {
        buf_add_str(out, STR("<td class=\"n rest\">"));
        if (rest)
            html_add_number(out, rest);
        buf_add_str(out, STR("</td>"));
    }
    buf_add_str(out, STR("</tr>\n"));
}

static void cell_list(struct buf *out, const struct heat *h)
{
    size_t n = 0;
    buf_printf(out,
               "<details><summary>The same as a list</summary><div class=\"scroll\">"
               "<table class=\"cells\"><caption>Changed values by entity and field"
               "</caption><thead><tr><th scope=\"col\">Entity</th>"
               "<th scope=\"col\">Field</th><th scope=\"col\" class=\"n\">Values</th>"
               "<th scope=\"col\" class=\"n\">Records</th>"
               "<th scope=\"col\" class=\"n\">Share</th></tr></thead>\n<tbody>\n");
    for (size_t r = 0; r < h->n_rows; r++)
        for (size_t i = 0; i < h->rows[r].n && n < LISTED; i++, n++) {
            const struct heat_cell *c = h->rows[r].cells[i];
            buf_add_str(out, STR("<tr><th scope=\"row\">"));
            form_add_markup(out, h->rows[r].entity.name);
            buf_add_str(out, STR("</th><td><code>"));
            form_add_markup(out, c->field);
            buf_add_str(out, STR("</code></td>"));
            cell(out, c->values, "");
            cell(out, c->records, "");
            buf_add_str(out, STR("<td class=\"n\">"));
            html_add_share(out, c->records, common_of(&h->rows[r]));
            buf_add_str(out, STR("</td></tr>\n"));
        }
    buf_add_str(out, STR("</tbody></table></div>"));
    if (h->n_cells > n)
        buf_printf(out, "<p>… and %zu more fields.</p>", h->n_cells - n);
    buf_add_str(out, STR("</details>\n"));
}

void html_add_map(struct buf *out, const struct heat *h, size_t listed)
{
    size_t columns = h->n_fields < COLUMNS ? h->n_fields : COLUMNS;
    if (!h->values)
        return;
    buf_add_str(out, STR("<section><h2>Where values changed</h2>\n"));
    legend(out);
    buf_add_str(out, STR("<div class=\"scroll\"><table class=\"map\"><caption "
                         "class=\"hidden\">Changed values by entity and field</caption>"
                         "<thead><tr><th scope=\"col\">Entity</th>"));
    for (size_t i = 0; i < columns; i++) {
        buf_add_str(out, STR("<th scope=\"col\" class=\"up\"><span>"));
        form_add_markup(out, h->fields[i].field);
        buf_add_str(out, STR("</span></th>"));
    }
    if (columns < h->n_fields)
        buf_printf(out,
                   "<th scope=\"col\" class=\"up\"><span><i>%zu other %s</i></span>"
                   "</th>",
                   h->n_fields - columns,
                   h->n_fields - columns == 1 ? "field" : "fields");
    buf_add_str(out, STR("</tr></thead>\n<tbody>\n"));
    for (size_t i = 0; i < h->n_rows; i++)
        if (h->rows[i].n)
            map_row(out, h, i, columns, listed);
    buf_add_str(out, STR("</tbody></table></div>\n"));
    if (h->not_placed) {
        buf_add_str(out, STR("<p>The map is full: "));
        html_add_number(out, h->not_placed);
        buf_add_str(out, STR(" changed values of further fields are not in it.</p>\n"));
    }
    cell_list(out, h);
    buf_add_str(out, STR("</section>\n"));
}
