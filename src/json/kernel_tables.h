/*
 * kernel_tables: the tables that kernel.c chooses from. Private to json/.
 */
#ifndef JSON_KERNEL_TABLES_H
#define JSON_KERNEL_TABLES_H

#include "json/kernel.h"

extern const struct scan_kernel kernel_table_scalar;
extern const struct scan_kernel kernel_table_avx2; /* only where HAVE_AVX2 */

/* For the ends of blocks: walks [p, end) byte by byte, as `structural` does. */
const char *kernel_structural_scalar(const char *p, const char *end, unsigned *depth,
                                     unsigned *in_string, unsigned *escape);

#endif
