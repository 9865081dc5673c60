/* Scanning: the events of a text, and its error, are the same in one window and in
 * pieces of any sizes, by every kernel; a container ends where skip_value() says;
 * tokens of a valid text keep their meaning in their minimal spelling. Byte 0 chooses
 * how it is cut, byte 1 `multi`. */
#include "fuzz.h"

#include "../unit/scan_trace.h"
#include "json/escape.h"
#include "json/number.h"
#include "json/skip.h"

static void check_spelling(struct scan *s)
{
    BUF_SCOPED text = BUF_INIT;
    BUF_SCOPED again = BUF_INIT;
    BUF_SCOPED normal = BUF_INIT;
    enum err code = scan_unescape(s->token, &text, NULL);
    FUZZ_ASSERT(escape_normal(&normal, s->token, s->escaped, NULL) == code ||
                !s->escaped);
    if (code != ERR_OK)
        return;
    escape_add(&again, buf_str(&text));
    FUZZ_ASSERT(str_eq(buf_str(&again), buf_str(&normal)));
}

static void check_number(struct str token)
{
    BUF_SCOPED once = BUF_INIT;
    BUF_SCOPED twice = BUF_INIT;
    FUZZ_ASSERT(number_is(token));
    if (number_canonical(token, &once, NULL) != ERR_OK)
        return;
    FUZZ_ASSERT(number_is(buf_str(&once)));
    FUZZ_ASSERT(number_cmp(token, buf_str(&once)) == 0);
    FUZZ_ASSERT(number_canonical(buf_str(&once), &twice, NULL) == ERR_OK);
    FUZZ_ASSERT(str_eq(buf_str(&once), buf_str(&twice)));
}

/* The end of the first container, for the scanner and for skip.h. */
static void check_tokens(struct str text, size_t cut)
{
    struct scan s;
    scan_init(&s);
    s.multi = true;
    scan_feed(&s, text);
    scan_finish(&s);
    enum scan_event event;
    uint64_t begin = UINT64_MAX, end = UINT64_MAX;
    while ((event = scan_next(&s)) > SCAN_MORE) {
        if ((event == SCAN_OBJECT || event == SCAN_ARRAY) && begin == UINT64_MAX)
            begin = s.offset;
        if (begin != UINT64_MAX && end == UINT64_MAX && s.depth == 0)
            end = s.offset + 1;
        if (event == SCAN_KEY || event == SCAN_STRING)
            check_spelling(&s);
        if (event == SCAN_NUMBER)
            check_number(s.token);
    }
    scan_done(&s);
    if (end == UINT64_MAX)
        return;
    struct skip k = SKIP_INIT;
    struct str value = str_from(text, begin);
    cut = cut < value.n ? cut : value.n;
    size_t n = skip_value(&k, str_n(value.p, cut));
    if (n == 0)
        n = cut + skip_value(&k, str_from(value, cut));
    FUZZ_ASSERT(n == end - begin);
}

static void check_trace(struct str text, struct trace_options way, struct str want)
{
    BUF_SCOPED got = BUF_INIT;
    trace(text, way, &got);
    FUZZ_ASSERT(str_eq(buf_str(&got), want));
}

/* Windows of random sizes, some empty; each a block of its own. */
static void check_cuts(struct str text, const struct scan_kernel *kernel, bool multi,
                       struct fuzz_dice dice, struct str want)
{
    BUF_SCOPED got = BUF_INIT;
    CLEANUP(scan_done) struct scan s;
    bool over = false;
    uint32_t most = 2 + fuzz_roll(&dice, 66);
    scan_init(&s);
    s.kernel = kernel;
    s.multi = multi;
    for (size_t at = 0; !over && at < text.n;) {
        size_t n = fuzz_roll(&dice, most);
        n = n < text.n - at ? n : text.n - at;
        char *window = malloc(n ? n : 1);
        FUZZ_ASSERT(window);
        memcpy(window, text.p + at, n);
        scan_feed(&s, str_n(window, n));
        over = trace_window(&s, &got);
        free(window);
        at += n;
    }
    scan_finish(&s);
    if (!over)
        trace_window(&s, &got);
    FUZZ_ASSERT(str_eq(buf_str(&got), want));
}

/* The end of the container at the text's first byte, in pieces. */
static void check_skip(struct str text, struct fuzz_dice dice)
{
    struct skip whole = SKIP_INIT, cut = SKIP_INIT;
    if (!text.n || (text.p[0] != '{' && text.p[0] != '['))
        return;
    size_t want = skip_value(&whole, text), got = 0;
    for (size_t at = 0; !got && at < text.n;) {
        size_t n = 1 + fuzz_roll(&dice, 40);
        n = n < text.n - at ? n : text.n - at;
        size_t in = skip_value(&cut, str_n(text.p + at, n));
        got = in ? at + in : 0;
        at += n;
    }
    FUZZ_ASSERT(got == want);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    struct str text = str_n((const char *)data + 2, size - 2);
    bool multi = data[1] & 1;
    size_t cut = (size_t)data[0] + 1;
    const struct scan_kernel *kernels[] = {kernel_scalar(), kernel_avx2()};
    struct fuzz_dice dice = {(uint64_t)data[0] << 8 | data[1]};
    BUF_SCOPED want = BUF_INIT;
    trace(text, (struct trace_options){kernels[0], multi, SIZE_MAX, SIZE_MAX}, &want);
    for (int i = 0; i < 2 && kernels[i]; i++) {
        struct trace_options ways[] = {
            {kernels[i], multi, SIZE_MAX, SIZE_MAX},
            {kernels[i], multi, cut, SIZE_MAX},
            {kernels[i], multi, cut, cut},
            {kernels[i], multi, 1, 1},
        };
        for (size_t w = 0; w < sizeof ways / sizeof *ways; w++)
            check_trace(text, ways[w], buf_str(&want));
        check_cuts(text, kernels[i], multi, dice, buf_str(&want));
    }
    check_skip(text, dice);
    check_tokens(text, cut);
    return 0;
}
