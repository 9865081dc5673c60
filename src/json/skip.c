#include "json/skip.h"

#include "json/kernel.h"

size_t skip_value(struct skip *k, struct str piece)
{
    if (piece.n == 0)
        return 0;
    const char *end = kernel_best()->structural(piece.p, piece.p + piece.n, &k->depth,
                                                &k->in_string, &k->escape);
    return end ? (size_t)(end - piece.p) : 0;
}
