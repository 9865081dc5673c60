/* A line for each change, nothing else. */
#include "report/forms.h"

static void change(struct report *r, const struct change *c)
{
    form_change(&r->out, c);
    buf_add_char(&r->out, '\n');
}

const struct report_form report_ndjson = {.name = "ndjson", .change = change};
