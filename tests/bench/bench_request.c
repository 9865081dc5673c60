/* bench_request [ROUNDS]: parses and validates what clients of a tenant send and prints
 * microseconds per KB, of the processor's time. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "graphql/validate.h"

static const char schema[] =
    "type Query { parts(first: Int, after: String, filters: PartFilter, sort: [Sort!]): "
    "PartConnection! part(id: ID!): Part run(id: ID!): Run }\n"
    "type Mutation { updatePart(input: UpdatePart!): PartPayload }\n"
    "input UpdatePart { id: ID! etag: String! description: String revision: String "
    "cost: Float }\n"
    "type PartPayload { part: Part }\n"
    "input StringFilter { eq: String neq: String in: [String!] like: String }\n"
    "input PartFilter { partNumber: StringFilter description: StringFilter or_: "
    "[PartFilter!] and_: [PartFilter!] }\n"
    "enum Sort { id_ASC id_DESC partNumber_ASC }\n"
    "type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String "
    "endCursor: String totalCount: Int count: Int }\n"
    "type PartConnection { edges: [PartEdge!]! pageInfo: PageInfo! }\n"
    "type PartEdge { node: Part! cursor: String! }\n"
    "type Part { id: ID! _etag: String! partNumber: String! revision: String description: "
    "String cost: Float created: String updated: String createdBy: User supplier: Supplier "
    "inventories(filters: PartFilter): [Inventory!]! mboms: [Mbom!]! attributes: "
    "[Attribute!]! }\n"
    "type User { id: ID! name: String email: String } type Supplier { id: ID! name: String }\n"
    "type Inventory { id: ID! quantity: Float location: Location serialNumber: String "
    "lotNumber: String part: Part }\n"
    "type Location { id: ID! name: String parent: Location }\n"
    "type Mbom { id: ID! items: [MbomItem!]! } type MbomItem { id: ID! quantity: Float "
    "part: Part }\n"
    "type Attribute { key: String! value: String type: String }\n"
    "type Run { id: ID! title: String status: String steps: [RunStep!]! part: Part }\n"
    "type RunStep { id: ID! title: String status: String fields: [RunField!]! assignedTo: "
    "User }\n"
    "type RunField { id: ID! name: String value: String type: String }\n";

static const char *const queries[] = {
    "query Parts($first: Int = 20, $after: String, $filters: PartFilter) {\n"
    "  parts(first: $first, after: $after, filters: $filters, sort: [id_ASC]) {\n"
    "    edges {\n      node {\n        ...PartFields\n        inventories {\n"
    "          id\n          quantity\n          serialNumber\n          lotNumber\n"
    "          location {\n            id\n            name\n          }\n        }\n"
    "      }\n    }\n    pageInfo {\n      hasNextPage\n      endCursor\n    }\n  }\n}\n\n"
    "fragment PartFields on Part {\n  id\n  _etag\n  partNumber\n  revision\n"
    "  description\n  cost\n  created\n  updated\n  createdBy {\n    id\n    name\n  }\n"
    "  attributes {\n    key\n    value\n    type\n  }\n}\n",
    "mutation UpdatePart($input: UpdatePart!) {\n  updatePart(input: $input) {\n"
    "    part {\n      id\n      _etag\n      description\n    }\n  }\n}\n",
    "{\n  part(id: \"123\") {\n    id\n    partNumber\n    description\n    revision\n"
    "    mboms {\n      id\n      items {\n        id\n        quantity\n        part {\n"
    "          id\n          partNumber\n        }\n      }\n    }\n  }\n}\n",
    "query Run($id: ID!) {\n  run(id: $id) {\n    id\n    title\n    status\n    part {\n"
    "      id\n      partNumber\n      revision\n    }\n    steps {\n      id\n"
    "      title\n      status\n      assignedTo {\n        id\n        name\n"
    "        email\n      }\n      fields {\n        id\n        name\n        value\n"
    "        type\n      }\n    }\n  }\n}\n",
    "{ parts(filters: {or_: [{partNumber: {like: \"%A%\"}}, {description: {in: [\"x\", "
    "\"y\"]}}]}) { edges { node { id partNumber supplier { id name } } } pageInfo { "
    "totalCount } } }",
};

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void one(const struct types *types, struct arena *arena, struct str text,
                bool validated)
{
    struct errors errors;
    struct sdl_request r;
    struct sdl_fault f;
    struct validate v = {.arena = arena, .errors = &errors};
    errors_init(&errors, arena, ERRORS_LIMIT);
    if (sdl_request(text, &SDL_REQUEST_LIMITS, arena, &r, &f) != ERR_OK)
        abort();
    if (validated && !validate_request(&v, types, &r)) {
        fprintf(stderr, "%.*s\n", STR_ARG(errors.first->message));
        abort();
    }
    arena_clear(arena);
}

int main(int argc, char **argv)
{
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 20000;
    CLEANUP(types_freep) struct types *types = NULL;
    struct error e = ERROR_INIT;
    struct arena arena = ARENA_INIT;
    if (types_load(str_of(schema), "schema", &types, &e) != ERR_OK) {
        fprintf(stderr, "%s\n", e.line);
        return EXIT_FAILURE;
    }
    for (int validated = 0; validated < 2; validated++) {
        double start = now();
        size_t bytes = 0;
        for (long i = 0; i < rounds; i++)
            for (size_t k = 0; k < sizeof queries / sizeof *queries; k++) {
                one(types, &arena, str_of(queries[k]), validated);
                bytes += strlen(queries[k]);
            }
        printf("%s: %.2f us per KB\n", validated ? "parse + validate" : "parse",
               (now() - start) * 1e6 / ((double)bytes / 1024));
    }
    arena_done(&arena);
    return EXIT_SUCCESS;
}
