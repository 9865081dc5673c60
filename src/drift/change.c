#include "drift/change.h"

const char *change_name(enum change_class c)
{
    static const char *const names[] = {
#define CHANGE_NAME_(id, name, text) name,
        CHANGE_LIST(CHANGE_NAME_)};
    return names[c];
}

const char *scrub_name(enum change_scrub s)
{
    static const char *const names[] = {
#define SCRUB_NAME_(id, name, text) name,
        SCRUB_LIST(SCRUB_NAME_)};
    return names[s];
}

const char *side_name(enum change_side s)
{
    static const char *const names[] = {
#define SIDE_NAME_(id, name, text) name,
        SIDE_LIST(SIDE_NAME_)};
    return names[s];
}

const char *reference_name(enum change_reference r)
{
    static const char *const names[] = {
#define REFERENCE_NAME_(id, name, text) name,
        REFERENCE_LIST(REFERENCE_NAME_)};
    return names[r];
}
