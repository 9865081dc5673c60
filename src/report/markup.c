/* Text of a tenant inside the text of a form. */
#include "report/excerpt.h"
#include "report/forms.h"
#include "json/visible.h"

static const char *reference(char c)
{
    switch (c) {
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '&': return "&amp;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

/* U+FFFE and U+FFFF: in UTF-8, and in no XML document. */
static bool is_no_character(struct str s)
{
    return str_starts(s, STR("\xef\xbf\xbe")) || str_starts(s, STR("\xef\xbf\xbf"));
}

void form_add_markup(struct buf *out, struct str text)
{
    BUF_SCOPED seen = BUF_INIT;
    visible_add(&seen, text, false);
    for (size_t i = 0; i < seen.n; i++) {
        const char *r = reference(seen.p[i]);
        if (r) {
            buf_add_str(out, str_of(r));
        } else if (is_no_character(str_from(buf_str(&seen), i))) {
            buf_printf(out, "\\xef\\xbf\\x%02x", (uint8_t)seen.p[i + 2]);
            i += 2;
        } else {
            buf_add_char(out, seen.p[i]);
        }
    }
}

bool form_is_masked(struct str value, struct str *out_class)
{
    const struct str front = STR("{\"masked\":\""), back = STR("\"}");
    if (!str_starts(value, front) || !str_ends(value, back) ||
        value.n <= front.n + back.n)
        return false;
    *out_class = str_n(value.p + front.n, value.n - front.n - back.n);
    return !memchr(out_class->p, '"', out_class->n);
}

void form_add_excerpt(struct buf *out, struct str value, struct str other, size_t bytes)
{
    if (!value.p) {
        buf_add_str(out, STR("(absent)"));
        return;
    }
    struct str class;
    if (form_is_masked(value, &class)) {
        buf_add_str(out, STR("(masked "));
        visible_add(out, class, false);
        buf_add_char(out, ')');
        return;
    }
    const struct excerpt x = excerpt_of(value, other, bytes);
    buf_add_str(out, x.cut_before ? STR("…") : STR(""));
    visible_add(out, x.before, false);
    visible_add(out, x.differs, false);
    buf_add_str(out, x.cut_differs ? STR("…") : STR(""));
    visible_add(out, x.after, false);
    buf_add_str(out, x.cut_after ? STR("…") : STR(""));
}
