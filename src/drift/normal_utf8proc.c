/* The tables of libutf8proc. */
#include <stdlib.h>
#include <utf8proc.h>

#include "drift/normal.h"

bool normal_is_known(void)
{
    return true;
}

void normal_string(enum normal form, struct str text, struct buf *out)
{
    int options = UTF8PROC_STABLE | UTF8PROC_COMPOSE;
    utf8proc_uint8_t *made = NULL;
    if (form == NORMAL_NFKC)
        options |= UTF8PROC_COMPAT;
    utf8proc_ssize_t n =
        utf8proc_map((const utf8proc_uint8_t *)text.p, (utf8proc_ssize_t)text.n, &made,
                     (utf8proc_option_t)options);
    if (n < 0) /* no text: bytes that no UTF-8 has */
        buf_add_str(out, text);
    else
        buf_add(out, (const char *)made, (size_t)n);
    free(made);
}
