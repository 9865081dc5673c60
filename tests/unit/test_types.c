#include "graphql/types.h"

#include "graphql/coerce.h"
#include "test.h"

static struct types *load(const char *text)
{
    struct error e = ERROR_INIT;
    struct types *t = NULL;
    ck_assert_msg(types_load(str_of(text), "t", &t, &e) == ERR_OK, "%s", e.line);
    return t;
}

static const char *const shop =
    "\"shop\" schema @x { query: Root, mutation: M }\n"
    "directive @x repeatable on SCHEMA | OBJECT\n"
    "directive @y(a: Int = 3, b: [In!]) on FIELD\n"
    "interface Node { id: ID! }\n"
    "interface Named implements Node { id: ID! name: String }\n"
    "\"a part\" type Part implements Named & Node { id: ID! name: String\n"
    "  old(a: Int = 1, b: In = {}): [Part!]! @deprecated(reason: \"no\") }\n"
    "type Tool implements Node { id: ID! } type Alone { a: Color }\n"
    "union Any = Part | Alone\n"
    "enum Color { RED \"dark\" BLUE @deprecated }\n"
    "input In { x: Int! = 2 y: [Color!] = [RED] z: String = \"q\" @deprecated }\n"
    "scalar Date @specifiedBy(url: \"https://d\")\n"
    "input One @oneOf { a: Int b: Date }\n"
    "type M { m: Int } type Root { part(one: One): Part any: Any node: Node }\n"
    "extend type Alone @x { b: Int } extend enum Color { GREEN }\n"
    "extend schema { subscription: M }";

START_TEST(lookup)
{
    CLEANUP(types_freep) struct types *t = load(shop);
    const struct gql_type *part = types_get(t, STR("Part"));
    const struct gql_type *color = types_get(t, STR("Color"));
    const struct gql_type *in = types_get(t, STR("In"));
    ck_assert_ptr_null(types_get(t, STR("Parts")));
    ck_assert_ptr_null(types_get(t, STR("Float"))); /* nothing is of it */
    ck_assert_ptr_nonnull(types_get(t, STR("String")));
    ck_assert(part->kind == GQL_OBJECT && part->n_fields == 3 &&
              part->n_interfaces == 2);
    assert_str_eq("description", part->description, STR("a part"));
    assert_str_eq("schema", types_description(t), STR("shop"));
    const struct gql_field *old = types_field(part, STR("old"));
    ck_assert(old && old->index == 2 && old->deprecated && old->owner == part);
    assert_str_eq("reason", old->reason, STR("no"));
    ck_assert(old->type->required && old->type->of->required &&
              old->type->of->type == part && !old->type->of->of);
    ck_assert(types_arg(t, old, STR("b"))->type->type == in);
    ck_assert_ptr_null(types_arg(t, old, STR("c")));
    ck_assert_ptr_null(types_field(part, STR("olds")));
    ck_assert(color->n_values == 3 && types_value(color, STR("GREEN"))->index == 2);
    ck_assert(types_value(color, STR("BLUE"))->deprecated);
    assert_str_eq("default reason", types_value(color, STR("BLUE"))->reason,
                  STR("No longer supported"));
    ck_assert(types_input(in, STR("z"))->deprecated);
    assert_str_eq("url", types_get(t, STR("Date"))->specified_by, STR("https://d"));
    ck_assert(types_get(t, STR("One"))->one_of && !in->one_of);
    ck_assert_uint_eq(types_get(t, STR("Alone"))->n_fields, 2);
    for (uint32_t i = 0; i < types_count(t); i++)
        ck_assert(types_at(t, i)->id == i && types_edit(t, i) == types_at(t, i));
}
END_TEST

START_TEST(roots_and_meta)
{
    CLEANUP(types_freep) struct types *t = load(shop);
    const struct gql_type *root = types_root(t, SDL_QUERY);
    assert_str_eq("query", root->name, STR("Root"));
    assert_str_eq("mutation", types_root(t, SDL_MUTATION)->name, STR("M"));
    ck_assert_ptr_eq(types_root(t, SDL_SUBSCRIPTION), types_root(t, SDL_MUTATION));
    ck_assert_ptr_eq(types_select(root, STR("__schema")),
                     types_meta(t, GQL_META_SCHEMA));
    ck_assert_ptr_eq(types_select(root, STR("__type")), types_meta(t, GQL_META_TYPE));
    ck_assert_ptr_null(types_select(types_get(t, STR("Part")), STR("__type")));
    ck_assert_ptr_eq(types_select(types_get(t, STR("Any")), STR("__typename")),
                     types_meta(t, GQL_META_TYPENAME));
    ck_assert(types_get(t, STR("__Type"))->introspection);
    ck_assert_ptr_null(types_get(t, STR("__Meta")));
    CLEANUP(types_freep) struct types *plain = load("type Query { a: Int }");
    ck_assert_ptr_nonnull(types_root(plain, SDL_QUERY));
    ck_assert_ptr_null(types_root(plain, SDL_MUTATION));
}
END_TEST

START_TEST(possible)
{
    CLEANUP(types_freep) struct types *t = load(shop);
    const struct gql_type *node = types_get(t, STR("Node")),
                          *part = types_get(t, STR("Part")),
                          *any = types_get(t, STR("Any")),
                          *tool = types_get(t, STR("Tool")),
                          *named = types_get(t, STR("Named"));
    ck_assert(node->n_possible == 2 && node->possible[0] == part &&
              node->possible[1] == tool);
    ck_assert(any->n_possible == 2 && part->n_possible == 1 &&
              part->possible[0] == part);
    ck_assert(types_overlap(node, any) && types_overlap(any, node));
    ck_assert(!types_overlap(any, tool) && types_overlap(node, tool));
    ck_assert(types_overlap(part, part) && !types_overlap(part, tool));
    ck_assert(types_is_possible(node, named) && !types_is_possible(named, node));
    ck_assert(types_is_possible(any, part) && !types_is_possible(any, tool));
}
END_TEST

START_TEST(directives)
{
    CLEANUP(types_freep) struct types *t = load(shop);
    const struct gql_directive *x = types_directive(t, STR("x")),
                               *y = types_directive(t, STR("y"));
    ck_assert(x->repeatable &&
              x->locations == (1u << GQL_AT_SCHEMA | 1u << GQL_AT_OBJECT));
    ck_assert(!y->repeatable &&
              types_directive_arg(t, y, STR("a"))->otherwise->integer == 3);
    ck_assert_ptr_nonnull(types_directive(t, STR("skip")));
    ck_assert_ptr_null(types_directive(t, STR("z")));
    ck_assert_uint_eq(types_directive_count(t), 7);
    ck_assert(types_directive_at(t, 0) == x && types_directive_at(t, 2)->builtin);
}
END_TEST

START_TEST(defaults)
{
    CLEANUP(types_freep) struct types *t = load(shop);
    const struct gql_field *old = types_field(types_get(t, STR("Part")), STR("old"));
    const struct value *b = types_arg(t, old, STR("b"))->otherwise;
    ck_assert(b && b->kind == VALUE_OBJECT && b->n == 3);
    ck_assert(coerce_member(b, STR("x"))->integer == 2);
    const struct value *y = coerce_member(b, STR("y"));
    ck_assert(y->kind == VALUE_LIST && y->n == 1 && y->items->kind == VALUE_ENUM);
    assert_str_eq("z", coerce_member(b, STR("z"))->text, STR("q"));
}
END_TEST

static const struct {
    const char *text, *line;
} wrong[] = {
    {"type A { a: B }", "1:13: a type that is not defined"},
    {"type A { a: Int } type A { b: Int }", "1:19: a type that is defined twice"},
    {"type A { a: Int a: Int }", "1:17: a name that stands here twice"},
    {"type A { f(a: Int a: Int): Int }", "1:19: a name that stands here twice"},
    {"enum A { B B }", "1:12: a name that stands here twice"},
    {"type A { f(a: A): Int }", "1:15: not an input type"},
    {"input I { a: Int } type A { f: I }", "1:32: not an output type"},
    {"type A implements A { a: Int }", "1:19: not an interface"},
    {"scalar S union U = S", "1:20: not an object type"},
    {"schema { query: S } scalar S", "1:17: not an object type"},
    {"extend type A { a: Int }", "1:1: an extension of a type that is not defined"},
    {"directive @d on FIELD directive @d on FIELD",
     "1:23: a directive that is defined twice"},
    {"type __Type { a: Int }", NULL},
};

START_TEST(errors)
{
    struct error e = ERROR_INIT;
    struct types *t = NULL;
    ck_assert_int_eq(types_load(str_of(wrong[_i].text), "t", &t, &e), ERR_DATA);
    ck_assert_ptr_null(t);
    if (wrong[_i].line)
        assert_str_eq(wrong[_i].text, str_of(e.line), str_of(wrong[_i].line));
}
END_TEST

static void cases(TCase *tcase)
{
    tcase_add_test(tcase, lookup);
    tcase_add_test(tcase, roots_and_meta);
    tcase_add_test(tcase, possible);
    tcase_add_test(tcase, directives);
    tcase_add_test(tcase, defaults);
    tcase_add_loop_test(tcase, errors, 0, (int)(sizeof wrong / sizeof *wrong));
}

TEST_MAIN("types")
