/*
 * ff1_paths: for the test that both ways of computing FF1 agree; private to this room.
 */
#ifndef CRYPT_FF1_PATHS_H
#define CRYPT_FF1_PATHS_H

#include "crypt/ff1.h"

/* From now on short strings are computed as long ones are. */
void ff1_only_long(struct ff1 *f);

#endif
