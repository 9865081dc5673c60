/*
 * Settings of a comparison: patterns with tolerances and modes of lists.
 *
 * The text is lines: "I", "T" and "L" are --ignore, --tolerance and --list, "M" goes to
 * a member of a Part, "E" to an element, "N" is a number. A setting loads or is refused
 * and then changes nothing; what holds at a place is whole; of two numbers each is as
 * near to the other as the other to it, and so are their negatives.
 */
#include "fuzz.h"

#include "drift/compare_private.h"
#include "json/number.h"

#define WALK 24 /* steps of one text */

typedef enum err setter(struct settings *s, const char *text, struct error *e);

static void set(struct settings *s, setter *add, struct str text)
{
    struct error e = ERROR_INIT;
    BUF_SCOPED argument = BUF_INIT;
    size_t n = s->n;
    buf_add_str(&argument, text);
    enum err code = add(s, buf_cstr(&argument), &e);
    FUZZ_ASSERT(s->n == n + (code == ERR_OK));
    if (code == ERR_OK)
        return;
    FUZZ_ASSERT(code == ERR_USAGE);
    fuzz_refused(&e);
}

/* The canonical number with the other sign. */
static void negate(struct str number, struct buf *out)
{
    buf_clear(out);
    if (number.p[0] == '-')
        number = str_from(number, 1);
    else if (number.p[0] != '0')
        buf_add_char(out, '-');
    buf_add_str(out, number);
}

static void check_near(struct str a, struct str b, const struct place_rules *rules)
{
    BUF_SCOPED x = BUF_INIT;
    BUF_SCOPED y = BUF_INIT;
    bool near = compare_is_near(a, b, rules);
    FUZZ_ASSERT(near == compare_is_near(b, a, rules));
    FUZZ_ASSERT(rules->tolerance.n || !near);
    negate(a, &x);
    negate(b, &y);
    FUZZ_ASSERT(near == compare_is_near(buf_str(&x), buf_str(&y), rules));
}

static void check_place(const struct settings *s, struct path_states at,
                        const struct buf numbers[2])
{
    struct place_rules rules = settings_at(s, at);
    FUZZ_ASSERT(!rules.tolerance.n || number_is(rules.tolerance));
    FUZZ_ASSERT(rules.tolerance.n || !rules.relative);
    FUZZ_ASSERT((rules.list == LIST_KEYED) == (rules.key.n > 0));
    if (numbers[0].n && numbers[1].n)
        check_near(buf_str(&numbers[0]), buf_str(&numbers[1]), &rules);
}

struct walk {
    struct settings *s;
    struct arena arena;
    struct path_states at;
    struct buf numbers[2];
    unsigned steps;
    bool begun;
};

static void number(struct walk *w, struct str text)
{
    if (!number_is(text))
        return;
    struct buf spare = w->numbers[0];
    w->numbers[0] = w->numbers[1];
    w->numbers[1] = spare;
    buf_clear(&w->numbers[1]);
    if (number_canonical(text, &w->numbers[1], NULL) == ERR_OK)
        check_place(w->s, w->at, w->numbers);
}

static void move(struct walk *w, char what, struct str name)
{
    if (w->steps++ >= WALK)
        return;
    if (!w->begun) {
        w->at = path_record(w->s->paths, STR("Part"), &w->arena);
        w->at = path_typed(w->s->paths, w->at, STR("Part"), &w->arena);
    }
    w->begun = true;
    w->at = what == 'M' ? path_member(w->s->paths, w->at, name, &w->arena)
                        : path_element(w->s->paths, w->at, &w->arena);
    check_place(w->s, w->at, w->numbers);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = str_n((const char *)data, size);
    CLEANUP(settings_freep) struct settings *s = settings_new();
    struct walk w = {.s = s, .arena = ARENA_INIT};
    while (rest.n) {
        struct str line = fuzz_line(&rest), text = str_from(line, 1);
        if (!line.n)
            continue;
        if (line.p[0] == 'M' || line.p[0] == 'E')
            move(&w, line.p[0], text);
        else if (line.p[0] == 'N')
            number(&w, text);
        else if (!w.begun) /* patterns come before the walk */
            set(s,
                line.p[0] == 'I'   ? settings_ignore
                : line.p[0] == 'T' ? settings_tolerance
                                   : settings_list,
                text);
    }
    arena_done(&w.arena);
    buf_done(&w.numbers[0]);
    buf_done(&w.numbers[1]);
    return 0;
}
