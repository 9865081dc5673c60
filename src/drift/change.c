#include "drift/change.h"

const char *change_name(enum change_class c)
{
    static const char *const names[] = {
#define CHANGE_NAME_(id, name, text) name,
        CHANGE_LIST(CHANGE_NAME_)};
    return names[c];
}
