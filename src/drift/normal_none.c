/* A build without libutf8proc. */
#include "drift/normal.h"

bool normal_is_known(void)
{
    return false;
}

void normal_string(enum normal form, struct str text, struct buf *out)
{
    (void)form;
    buf_add_str(out, text);
}
