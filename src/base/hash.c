#include "base/hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

uint64_t hash64(struct str s)
{
    return XXH3_64bits(s.p, s.n);
}

void hash_fingerprint(struct str s, uint8_t out[HASH_FINGERPRINT])
{
    XXH128_canonical_t c;
    XXH128_canonicalFromHash(&c, XXH3_128bits(s.p, s.n));
    memcpy(out, c.digest, HASH_FINGERPRINT);
}

uint64_t hash64_pieces(const struct str *pieces, size_t n)
{
    XXH3_state_t state;
    XXH3_INITSTATE(&state);
    XXH3_64bits_reset(&state);
    for (size_t i = 0; i < n; i++)
        XXH3_64bits_update(&state, pieces[i].p, pieces[i].n);
    return XXH3_64bits_digest(&state);
}
