/* The schema that requests are validated against in fuzzing: small, with everything
 * that rules ask for. */
#ifndef TESTS_FUZZ_GRAPHQL_SCHEMA_H
#define TESTS_FUZZ_GRAPHQL_SCHEMA_H

static const char fuzz_schema[] =
    "directive @d(a: Int!, b: [In]) repeatable on FIELD | QUERY | FRAGMENT_SPREAD\n"
    "directive @v on VARIABLE_DEFINITION\n"
    "interface N { i: ID! } interface M implements N { i: ID! s(c: E = A): String }\n"
    "enum E { A B C @deprecated }\n"
    "type P implements M & N { i: ID! s(c: E = A): String f: Float ps(n: Int, w: In): "
    "[P!]! u: U o: Int @deprecated j(x: J): J }\n"
    "type T implements N { i: ID! s: Int t: T! }\n"
    "union U = P | T scalar J\n"
    "input In { a: Int! = 1 b: [E!] c: In d: ID e: [[Float]] f: J g: Boolean! }\n"
    "input O @oneOf { a: Int b: String }\n"
    "type Query { p(i: ID! = 3): P n: N u(x: In, o: O): U l(s: [String!]!): [[Int]] }\n"
    "type Mutation { m(x: In!): P } type Subscription { s: Int p: P }\n";

#endif
