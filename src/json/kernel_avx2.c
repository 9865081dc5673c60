#include "json/kernel.h"

#include <immintrin.h>

#include "json/kernel_tables.h"

#define BLOCK      32
#define BLOCK_BITS 1

struct marks {
    uint64_t stop, high;
};

static inline struct marks marks_at(const char *p)
{
    __m256i v = _mm256_loadu_si256((const __m256i *)p);
    __m256i quote = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('"'));
    __m256i backslash = _mm256_cmpeq_epi8(v, _mm256_set1_epi8('\\'));
    __m256i control = _mm256_cmpeq_epi8(_mm256_min_epu8(v, _mm256_set1_epi8(0x1f)), v);
    __m256i stop = _mm256_or_si256(_mm256_or_si256(quote, backslash), control);
    return (struct marks){
        .stop = (uint32_t)_mm256_movemask_epi8(stop),
        .high = (uint32_t)_mm256_movemask_epi8(v),
    };
}

#include "json/scan_loop.inc"

/* A bit for each of the 64 bytes in a, b that is c. */
INLINE uint64_t equal64(__m256i a, __m256i b, char c)
{
    __m256i wanted = _mm256_set1_epi8(c);
    uint32_t low = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(a, wanted));
    uint32_t high = (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(b, wanted));
    return low | (uint64_t)high << 32;
}

/* The bytes that a backslash before them robs of their meaning; *carry: whether the
 * first byte (of the next block) is one. */
INLINE uint64_t escaped_bytes(uint64_t backslashes, unsigned *carry)
{
    uint64_t escaped = *carry;
    *carry = 0;
    backslashes &= ~escaped;
    while (backslashes) {
        uint64_t bit = backslashes & -backslashes;
        escaped |= bit << 1;
        *carry = (unsigned)(bit >> 63);
        backslashes &= ~(bit | bit << 1);
    }
    return escaped;
}

/* Bit i of the result: parity of bits 0..i. */
INLINE uint64_t parity_up_to(uint64_t bits)
{
    __m128i product = _mm_clmulepi64_si128(_mm_cvtsi64_si128((int64_t)bits),
                                           _mm_set1_epi8((char)0xff), 0);
    return (uint64_t)_mm_cvtsi128_si64(product);
}

/* Index behind the bracket that takes the level to 0, or 0. Moves the level. */
INLINE size_t closing(uint64_t opens, uint64_t closes, unsigned *level)
{
    unsigned n = (unsigned)__builtin_popcountll(closes);
    if (LIKELY(n < *level)) {
        *level += (unsigned)__builtin_popcountll(opens) - n;
        return 0;
    }
    unsigned closed = 0;
    for (uint64_t rest = closes; rest; rest &= rest - 1) {
        uint64_t before = opens & ((rest & -rest) - 1);
        if (*level + (unsigned)__builtin_popcountll(before) == ++closed) {
            *level = 0;
            return (size_t)__builtin_ctzll(rest) + 1;
        }
    }
    *level += (unsigned)__builtin_popcountll(opens) - n;
    return 0;
}

static const char *structural(const char *p, const char *end, unsigned *depth,
                              unsigned *in_string, unsigned *escape)
{
    const __m256i fold = _mm256_set1_epi8(0x20); /* makes [ to { and ] to } */
    uint64_t inside = *in_string ? UINT64_MAX : 0;
    for (; end - p >= 64; p += 64) {
        __m256i a = _mm256_loadu_si256((const __m256i *)p);
        __m256i b = _mm256_loadu_si256((const __m256i *)(p + 32));
        uint64_t backslashes = equal64(a, b, '\\');
        uint64_t escaped = 0;
        if (UNLIKELY(backslashes | *escape))
            escaped = escaped_bytes(backslashes, escape);
        uint64_t quotes = equal64(a, b, '"') & ~escaped;
        uint64_t strings = parity_up_to(quotes) ^ inside;
        inside = (uint64_t)((int64_t)strings >> 63);
        a = _mm256_or_si256(a, fold);
        b = _mm256_or_si256(b, fold);
        uint64_t hidden = strings | escaped;
        uint64_t opens = equal64(a, b, '{') & ~hidden;
        uint64_t closes = equal64(a, b, '}') & ~hidden;
        size_t n = closing(opens, closes, depth);
        if (n) {
            *in_string = *escape = 0;
            return p + n;
        }
    }
    *in_string = inside & 1;
    return kernel_structural_scalar(p, end, depth, in_string, escape);
}

const struct scan_kernel kernel_table_avx2 = {
    .name = "avx2",
    .plain_end = loop_plain_end,
    .space_end = loop_space_end,
    .utf8_valid = loop_utf8_valid,
    .structural = structural,
    .next = loop_next,
};
