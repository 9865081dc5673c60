#include "drift/value.h"

#include "random_json.h"
#include "test.h"

/* The tree again as text, members in their order of the text: by where they stand. */
static int by_place(const void *a, const void *b)
{
    const struct value *const *x = a, *const *y = b;
    return (*x)->text.p < (*y)->text.p ? -1 : 1;
}

static void print(const struct value *v, struct buf *out)
{
    if (v->kind < VALUE_LIST) {
        buf_add_str(out, v->text);
        return;
    }
    const struct value **items = calloc(v->n_items + 1, sizeof *items);
    for (size_t i = 0; i < v->n_items; i++)
        items[i] = &v->items[i];
    qsort(items, v->n_items, sizeof *items, by_place);
    buf_add_char(out, v->kind == VALUE_LIST ? '[' : '{');
    for (size_t i = 0; i < v->n_items; i++) {
        if (i)
            buf_add_char(out, ',');
        if (v->kind == VALUE_OBJECT)
            buf_printf(out, "\"%.*s\":", STR_ARG(items[i]->name));
        print(items[i], out);
    }
    buf_add_char(out, v->kind == VALUE_LIST ? ']' : '}');
    free(items);
}

/* Every container is its own text, every member is found, their names ascend. */
static void check(const struct value *v)
{
    BUF_SCOPED again = BUF_INIT;
    print(v, &again);
    assert_str_eq("text", buf_str(&again), v->text);
    for (size_t i = 0; v->kind >= VALUE_LIST && i < v->n_items; i++) {
        const struct value *item = &v->items[i];
        bool object = v->kind == VALUE_OBJECT;
        ck_assert_ptr_eq(value_member(v, item->name), object ? item : NULL);
        ck_assert_ptr_eq(value_element(v, i), object ? NULL : item);
        ck_assert(!object || !i || str_cmp(v->items[i - 1].name, item->name) < 0);
        check(item);
    }
}

START_TEST(a_tree_is_its_text)
{
    struct arena arena = ARENA_INIT;
    struct value_reader reader;
    struct dice dice = {1};
    BUF_SCOPED text = BUF_INIT;
    value_reader_init(&reader);
    for (int i = 0; i < 2000; i++) {
        struct error e = ERROR_INIT;
        struct value v;
        buf_clear(&text);
        random_json(&dice, &text, roll(&dice, 8));
        assert_ok(value_read(&reader, buf_str(&text), &arena, &v, &e), &e);
        assert_str_eq("whole", v.text, buf_str(&text));
        ck_assert(!v.name.n);
        check(&v);
        arena_clear(&arena);
    }
    value_reader_done(&reader);
    arena_done(&arena);
}
END_TEST

/* A reader that has refused a text reads the next one. */
START_TEST(what_is_cut_is_refused)
{
    struct arena arena = ARENA_INIT;
    struct value_reader reader;
    struct dice dice = {2};
    BUF_SCOPED text = BUF_INIT;
    value_reader_init(&reader);
    for (int i = 0; i < 300; i++) {
        struct error e = ERROR_INIT;
        struct value v;
        buf_clear(&text);
        buf_add_char(&text, '[');
        random_json(&dice, &text, 5);
        buf_add_char(&text, ']');
        for (size_t n = 0; n < text.n; n++)
            ck_assert_int_ne(value_read(&reader, str_n(text.p, n), &arena, &v, &e),
                             ERR_OK);
        assert_ok(value_read(&reader, buf_str(&text), &arena, &v, &e), &e);
        check(&v);
        arena_clear(&arena);
    }
    value_reader_done(&reader);
    arena_done(&arena);
}
END_TEST

START_TEST(depth)
{
    struct arena arena = ARENA_INIT;
    struct value_reader reader;
    value_reader_init(&reader);
    for (unsigned n = SCAN_DEPTH; n <= SCAN_DEPTH + 1; n++) {
        BUF_SCOPED text = BUF_INIT;
        struct value v;
        memset(buf_room(&text, 2 * n), '[', n);
        memset(text.p + n, ']', n);
        text.n = 2 * n;
        ck_assert_int_eq(value_read(&reader, buf_str(&text), &arena, &v, NULL),
                         n > SCAN_DEPTH ? ERR_LIMIT : ERR_OK);
    }
    value_reader_done(&reader);
    arena_done(&arena);
}
END_TEST

START_TEST(nothing_has_no_members)
{
    const struct value none = {.kind = VALUE_NULL};
    ck_assert_ptr_null(value_member(NULL, STR("a")));
    ck_assert_ptr_null(value_element(NULL, 0));
    ck_assert_ptr_null(value_member(&none, STR("")));
    ck_assert_ptr_null(value_element(&none, 0));
}
END_TEST

static void cases(TCase *t)
{
    tcase_add_test(t, a_tree_is_its_text);
    tcase_add_test(t, what_is_cut_is_refused);
    tcase_add_test(t, depth);
    tcase_add_test(t, nothing_has_no_members);
}

TEST_MAIN("drift_value")
