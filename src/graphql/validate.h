/*
 * validate: is a document a request that this type system can answer?
 *
 *     validate_request(&v, types, &request)
 *
 * All rules of October 2021, section 5, with the messages and places of graphql-js 16,
 * in as few passes as they need. On the way it leaves in the tree what executing it
 * needs: definitions of fields, fragments of spreads, types of conditions and roots
 * (sdl/request.h, `bound` and `fragment`).
 *
 * Linear in the document: what compares fields of one response key has a budget, errors
 * and suggestions have a number; nothing recurses deeper than the document's depth.
 * One thread at a time per document; type systems are shared.
 */
#ifndef GRAPHQL_VALIDATE_H
#define GRAPHQL_VALIDATE_H

#include "graphql/coerce.h"
#include "graphql/errors.h"
#include "graphql/types.h"
#include "sdl/request.h"

#define VALIDATE_COMPARISONS 10000 /* of fields with one response key */
#define VALIDATE_CHEAP       8000000 /* of pairs of leaves without arguments: some 20 ms */

#define VALIDATE_DEPTH 128 /* of fields inside fields, fragments written out */

/* One bit per rule, named as graphql-js names them, without "Rule". */
#define VALIDATE_RULES(X)                    \
    X(ExecutableDefinitions)                 \
    X(UniqueOperationNames)                  \
    X(LoneAnonymousOperation)                \
    X(SingleFieldSubscriptions)              \
    X(KnownTypeNames)                        \
    X(FragmentsOnCompositeTypes)             \
    X(VariablesAreInputTypes)                \
    X(ScalarLeafs)                           \
    X(FieldsOnCorrectType)                   \
    X(UniqueFragmentNames)                   \
    X(KnownFragmentNames)                    \
    X(NoUnusedFragments)                     \
    X(PossibleFragmentSpreads)               \
    X(NoFragmentCycles)                      \
    X(UniqueVariableNames)                   \
    X(NoUndefinedVariables)                  \
    X(NoUnusedVariables)                     \
    X(KnownDirectives)                       \
    X(UniqueDirectivesPerLocation)           \
    X(KnownArgumentNames)                    \
    X(UniqueArgumentNames)                   \
    X(ValuesOfCorrectType)                   \
    X(ProvidedRequiredArguments)             \
    X(VariablesInAllowedPosition)            \
    X(OverlappingFieldsCanBeMerged)          \
    X(UniqueInputFieldNames)                 \
    X(MaxIntrospectionDepth)                 \
    X(NoDeprecatedCustom)                    \
    X(NoSchemaIntrospectionCustom)           \
    X(KnownArgumentNamesOnDirectives)        \
    X(ProvidedRequiredArgumentsOnDirectives) \
    X(LoneSchemaDefinition)                  \
    X(UniqueOperationTypes)                  \
    X(UniqueTypeNames)                       \
    X(UniqueEnumValueNames)                  \
    X(UniqueFieldDefinitionNames)            \
    X(UniqueArgumentDefinitionNames)         \
    X(UniqueDirectiveNames)                  \
    X(PossibleTypeExtensions)
enum validate_rule {
#define X(name) VALIDATE_##name,
    VALIDATE_RULES(X)
#undef X
        VALIDATE_N_RULES
};

/* Every rule of the specification and MaxIntrospectionDepth, as graphql-js runs them.
 */
#define VALIDATE_SPECIFIED ((UINT64_C(1) << VALIDATE_NoDeprecatedCustom) - 1)

#define VALIDATE_BIT(name) (UINT64_C(1) << VALIDATE_##name)

/* The rules of schemas, as graphql-js runs them. */
#define VALIDATE_SCHEMA                                                          \
    (VALIDATE_BIT(LoneSchemaDefinition) | VALIDATE_BIT(UniqueOperationTypes) |   \
     VALIDATE_BIT(UniqueTypeNames) | VALIDATE_BIT(UniqueEnumValueNames) |        \
     VALIDATE_BIT(UniqueFieldDefinitionNames) |                                  \
     VALIDATE_BIT(UniqueArgumentDefinitionNames) |                               \
     VALIDATE_BIT(UniqueDirectiveNames) | VALIDATE_BIT(KnownTypeNames) |         \
     VALIDATE_BIT(KnownDirectives) | VALIDATE_BIT(UniqueDirectivesPerLocation) | \
     VALIDATE_BIT(PossibleTypeExtensions) |                                      \
     VALIDATE_BIT(KnownArgumentNamesOnDirectives) |                              \
     VALIDATE_BIT(UniqueArgumentNames) | VALIDATE_BIT(UniqueInputFieldNames) |   \
     VALIDATE_BIT(ProvidedRequiredArgumentsOnDirectives))

struct validate {
    uint64_t rules; /* a bit per enum validate_rule; 0: VALIDATE_SPECIFIED */
    enum coerce_mode mode;
    struct arena *arena;
    struct errors *errors;
};

/* True: no error. False: v->errors has been added to. */
bool validate_request(const struct validate *v, const struct types *types,
                      struct sdl_request *request);

/* The same for a schema document, or, with `types`, for one that extends them; rules 0:
 * VALIDATE_SCHEMA. The document is parsed by sdl_request(), whose limits a schema of
 * any size passes only when they are 0. Messages quote the document. */
bool validate_schema(const struct validate *v, const struct types *types,
                     struct sdl_request *document);

#endif
