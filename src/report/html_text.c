#include "report/html.h"

#include "report/excerpt.h"
#include "report/forms.h"

void html_add_value(struct buf *out, struct str value, struct str other, size_t bytes)
{
    if (!value.p) {
        buf_add_str(out, STR("<i>absent</i>"));
        return;
    }
    struct str class;
    if (form_is_masked(value, &class)) {
        buf_add_str(out, STR("<i>masked "));
        form_add_markup(out, class);
        buf_add_str(out, STR("</i>"));
        return;
    }
    const struct excerpt x = excerpt_of(value, other, bytes);
    buf_add_str(out, STR("<code>"));
    if (x.cut_before)
        buf_add_str(out, STR("<i>…</i>"));
    form_add_markup(out, x.before);
    if (x.alike)
        buf_add_str(out, STR("<mark>"));
    form_add_markup(out, x.differs);
    if (x.alike)
        buf_add_str(out, STR("</mark>"));
    if (x.cut_differs)
        buf_add_str(out, STR("<i>…</i>"));
    form_add_markup(out, x.after);
    if (x.cut_after)
        buf_add_str(out, STR("<i>…</i>"));
    buf_add_str(out, STR("</code>"));
}

void html_add_number(struct buf *out, uint64_t n)
{
    form_number(out, n);
}

void html_add_share(struct buf *out, uint64_t part, uint64_t whole)
{
    double share = whole ? 100.0 * (double)part / (double)whole : 0;
    if (!part)
        buf_add_str(out, STR("0\u00a0%"));
    else if (share < 0.1)
        buf_add_str(out, STR("&lt;0.1\u00a0%"));
    else if (part < whole && share > 99.9)
        buf_add_str(out, STR("&gt;99.9\u00a0%"));
    else
        buf_printf(out, share < 10 ? "%.1f\u00a0%%" : "%.0f\u00a0%%",
                   share > 100 ? 100.0 : share);
}
