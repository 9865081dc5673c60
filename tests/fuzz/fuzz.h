/*
 * fuzz: what every fuzz target has in common.
 *
 * A target defines LLVMFuzzerTestOneInput() and states a property with FUZZ_ASSERT,
 * which release builds keep. With -Dfuzz=replay it is linked with replay.c and run over
 * corpus/<target>; with -Dfuzz=libfuzzer:
 *
 *     fuzz_scan scratch/ tests/fuzz/corpus/scan
 */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FUZZ_ASSERT(property)                                              \
    do {                                                                   \
        if (!(property)) {                                                 \
            fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #property); \
            abort();                                                       \
        }                                                                  \
    } while (0)

#endif
