/* The organisation, its people and places, and the companies it buys from. */
#include "demo/build.h"

#include <stdio.h>

#include "demo/plant.h"

void build_Organization(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Organization, id);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    cast_organization(p, t);
    row_secret(r, "name", TEXT_COMPANY);
    row_null(r, "avatar");
    cast_domain(p, t);
    row_secret(r, "domain", TEXT_ORG);
    cast_domain(p, t);
    for (size_t i = 0; i < t->n; i++)
        if (t->p[i] == '.' || t->p[i] == '-')
            t->p[i] = '_';
    row_secret(r, "orgSchema", TEXT_ORG);
    build_std(r, p, PLAN_Organization, id);
    text_uint(t, 1000000000 + dice_pick(record, ROLL_SESSION, 8999999999), 0);
    row_secret(r, "LastSessionId", TEXT_ORG);
    text_add(t, STR("saml|"));
    cast_domain(p, t);
    row_secret(r, "authField", TEXT_ORG);
    text_add(t, STR("{\"supportMail\":\"support@"));
    cast_domain(p, t);
    text_add(t, STR("\",\"sessionMinutes\":480}"));
    row_secret(r, "settingsStructured", TEXT_ORG);
    row_end(r);
}

void build_User(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_User, id);
    struct text *t = &r->text;
    uint64_t state = dice_roll(record, ROLL_FILE);

    row_begin(r, id);
    row_uint(r, "id", id);
    if (dice_pick(record, ROLL_FLAG, 4) == 0) {
        text_add(t, STR("https://avatars.example/u/"));
        plant_chars(t, plant_hex, 24, &state);
        text_add(t, STR(".png"));
        row_secret(r, "avatar", TEXT_URL);
    } else {
        row_null(r, "avatar");
    }
    row_bool(r, "deactivated", dice_pick(record, ROLL_STATE, 9) == 0);
    cast_email(p, id, t);
    row_secret(r, "email", TEXT_EMAIL);
    row_bool(r, "enforceMfa", dice_pick(record, ROLL_FLAG_2, 3) > 0);
    row_bool(r, "ionBot", false);
    cast_person(p, id, t);
    row_secret(r, "name", TEXT_NAME);
    row_bool(r, "notificationEmailsEnabled", record & 1);
    row_uint(r, "organizationId", 1);
    row_ref(r, "updatedById", plan_any(p, PLAN_User, dice_roll(record, ROLL_EDITOR)));
    row_uint(r, "entityId", plan_entity_id(p, PLAN_User, id));
    text_uint(t, 1000000000 + dice_pick(record, ROLL_SESSION, 8999999999), 0);
    row_secret(r, "LastSessionId", TEXT_ORG);
    build_std(r, p, PLAN_User, id);
    row_end(r);
}

void build_Role(struct row *r, const struct plan *p, uint64_t id)
{
    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "name", word(&p->words, WORDS_role, id - 1));
    build_std(r, p, PLAN_Role, id);
    build_by(r, p, PLAN_Role, id);
    row_end(r);
}

void build_Team(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Team, id);

    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "name", word(&p->words, WORDS_team, id - 1));
    row_ref(r, "supervisorId", plan_any(p, PLAN_User, dice_roll(record, ROLL_PERSON)));
    build_std(r, p, PLAN_Team, id);
    build_by(r, p, PLAN_Team, id);
    row_end(r);
}

/* Key teamId, userId; everybody is in one team at most. */
void build_TeamUser(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t team = plan_parent(p, PLAN_TeamUser, PLAN_Team, id);
    char key[64];

    row_begin(r, id);
    snprintf(key, sizeof key, "[%llu,%llu]", (unsigned long long)team,
             (unsigned long long)id);
    row_key(r, key);
    row_uint(r, "teamId", team);
    row_uint(r, "userId", id);
    build_std(r, p, PLAN_TeamUser, id);
    build_by(r, p, PLAN_TeamUser, id);
    row_end(r);
}

void build_Contact(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Contact, id);
    uint64_t who = dice_roll(record, ROLL_PERSON);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    cast_stranger(p, who, t);
    row_secret(r, "name", TEXT_NAME);
    cast_stranger_email(p, who, t);
    row_secret(r, "email", TEXT_EMAIL);
    cast_phone(p, dice_roll(record, ROLL_VALUE), t);
    row_secret(r, "phoneNumber", TEXT_PHONE);
    build_std(r, p, PLAN_Contact, id);
    build_by(r, p, PLAN_Contact, id);
    row_end(r);
}

void build_Invite(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const states[] = {"PENDING", "COMPLETE", "COMPLETE", "REVOKED"};
    uint64_t record = plan_record(p, PLAN_Invite, id);
    uint64_t who = dice_roll(record, ROLL_PERSON);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    row_uint(r, "resendCount", dice_pick(record, ROLL_QUANTITY, 3));
    cast_stranger_email(p, who, t);
    row_secret(r, "email", TEXT_EMAIL);
    cast_stranger(p, who, t);
    row_secret(r, "name", TEXT_NAME);
    text_add(t, STR("Welcome "));
    size_t at = t->n;
    cast_stranger(p, who, t);
    text_mark(t, at, TEXT_NAME);
    text_add(t, STR(", please join the workspace before the kick-off."));
    row_text(r, "message");
    build_choice(r, "status", states, BUILD_COUNT(states),
                 dice_roll(record, ROLL_STATE));
    build_std(r, p, PLAN_Invite, id);
    build_by(r, p, PLAN_Invite, id);
    row_end(r);
}

void build_LocationSubtype(struct row *r, const struct plan *p, uint64_t id)
{
    row_begin(r, id);
    row_uint(r, "id", id);
    row_word(r, "name", word(&p->words, WORDS_place_kind, id - 1));
    row_null(r, "description");
    build_std(r, p, PLAN_LocationSubtype, id);
    build_by(r, p, PLAN_LocationSubtype, id);
    row_end(r);
}

static void coordinate(struct row *r, const char *name, bool known, int64_t base,
                       uint64_t value)
{
    if (known)
        row_secret_decimal(r, name, TEXT_GEO,
                           base * 1000000 + (int64_t)dice_below(value, 9000000), 6);
    else
        row_null(r, name);
}

void build_Location(struct row *r, const struct plan *p, uint64_t id)
{
    static const char *const types[] = {"WORKCENTER", "WAREHOUSE", "RACK", "SHELF",
                                        "TOTE"};
    uint64_t record = plan_record(p, PLAN_Location, id);
    struct text *t = &r->text;
    bool site = id % 12 == 1; /* a building, with an address */

    row_begin(r, id);
    row_uint(r, "id", id);
    if (site) {
        cast_address(p, dice_roll(record, ROLL_PLACE), t);
        row_secret(r, "address", TEXT_ADDRESS);
    } else {
        row_null(r, "address");
    }
    row_bool(r, "available", dice_pick(record, ROLL_FLAG, 12) > 0);
    row_bool(r, "archived", dice_pick(record, ROLL_FLAG_2, 20) == 0);
    build_maybe_ref(r, p, "contactId", PLAN_Contact, dice_roll(record, ROLL_PERSON),
                    30);
    build_prose(r, p, "description", WORDS_help, dice_roll(record, ROLL_TEXT), 1, 1);
    build_maybe_ref(r, p, "imageId", PLAN_FileAttachment, dice_roll(record, ROLL_FILE),
                    5);
    coordinate(r, "latitude", site, 32, dice_roll(record, ROLL_VALUE));
    row_ref(r, "locationSubtypeId",
            plan_any(p, PLAN_LocationSubtype, dice_roll(record, ROLL_KIND_OF)));
    coordinate(r, "longitude", site, -122, dice_roll(record, ROLL_QUANTITY));
    text_add(t, word(&p->words, WORDS_place, id));
    text_char(t, ' ');
    text_uint(t, id, 3);
    row_text(r, "name");
    row_ref(r, "parentId", site ? 0 : id - (id - 1) % 12);
    build_maybe_ref(r, p, "supervisorId", PLAN_User, dice_roll(record, ROLL_PERSON_2),
                    40);
    build_choice(r, "type", types, BUILD_COUNT(types), dice_roll(record, ROLL_STATE));
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Location, id));
    build_std(r, p, PLAN_Location, id);
    build_by(r, p, PLAN_Location, id);
    row_end(r);
}

void build_Supplier(struct row *r, const struct plan *p, uint64_t id)
{
    uint64_t record = plan_record(p, PLAN_Supplier, id);
    uint64_t who = dice_roll(record, ROLL_PERSON);
    struct text *t = &r->text;

    row_begin(r, id);
    row_uint(r, "id", id);
    cast_supplier(p, id, t);
    row_secret(r, "name", TEXT_COMPANY);
    build_prose(r, p, "description", WORDS_about_supplier, dice_roll(record, ROLL_TEXT),
                1, 2);
    cast_phone(p, dice_roll(record, ROLL_VALUE), t);
    row_secret(r, "phoneNumber", TEXT_PHONE);
    cast_address(p, dice_roll(record, ROLL_PLACE), t);
    row_secret(r, "address", TEXT_ADDRESS);
    cast_stranger_email(p, who, t);
    row_secret(r, "email", TEXT_EMAIL);
    cast_stranger(p, who, t);
    row_secret(r, "contactName", TEXT_NAME);
    row_uint(r, "entityId", plan_entity_id(p, PLAN_Supplier, id));
    build_std(r, p, PLAN_Supplier, id);
    build_by(r, p, PLAN_Supplier, id);
    row_end(r);
}
