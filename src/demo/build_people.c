/* The organisation, its people and places, and the companies it buys from. */
#include "demo/build.h"

#include <stdio.h>

#include "demo/plant.h"

void build_Organization(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Organization, id);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    cast_organization(p, t);
    scribe_secret(r, "name", LEAF_COMPANY);
    scribe_null(r, "avatar");
    cast_domain(p, t);
    scribe_secret(r, "domain", LEAF_ORG);
    cast_domain(p, t);
    for (size_t i = 0; i < t->n; i++)
        if (t->p[i] == '.' || t->p[i] == '-')
            t->p[i] = '_';
    scribe_secret(r, "orgSchema", LEAF_ORG);
    build_std(r, p, CENSUS_Organization, id);
    leaf_uint(t, 1000000000 + dice_pick(record, ROLL_SESSION, 8999999999), 0);
    scribe_secret(r, "LastSessionId", LEAF_ORG);
    leaf_add(t, STR("saml|"));
    cast_domain(p, t);
    scribe_secret(r, "authField", LEAF_ORG);
    leaf_add(t, STR("{\"supportMail\":\"support@"));
    cast_domain(p, t);
    leaf_add(t, STR("\",\"sessionMinutes\":480}"));
    scribe_secret(r, "settingsStructured", LEAF_ORG);
    scribe_end(r);
}

void build_User(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_User, id);
    struct leaf *t = &r->text;
    uint64_t state = dice_roll(record, ROLL_FILE);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    if (dice_pick(record, ROLL_FLAG, 4) == 0) {
        leaf_add(t, STR("https://avatars.example/u/"));
        plant_chars(t, plant_hex, 24, &state);
        leaf_add(t, STR(".png"));
        scribe_secret(r, "avatar", LEAF_URL);
    } else {
        scribe_null(r, "avatar");
    }
    scribe_bool(r, "deactivated", dice_pick(record, ROLL_STATE, 9) == 0);
    cast_email(p, id, t);
    scribe_secret(r, "email", LEAF_EMAIL);
    scribe_bool(r, "enforceMfa", dice_pick(record, ROLL_FLAG_2, 3) > 0);
    scribe_bool(r, "ionBot", false);
    cast_person(p, id, t);
    scribe_secret(r, "name", LEAF_NAME);
    scribe_bool(r, "notificationEmailsEnabled", record & 1);
    scribe_uint(r, "organizationId", 1);
    scribe_ref(r, "updatedById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_EDITOR)));
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_User, id));
    leaf_uint(t, 1000000000 + dice_pick(record, ROLL_SESSION, 8999999999), 0);
    scribe_secret(r, "LastSessionId", LEAF_ORG);
    build_std(r, p, CENSUS_User, id);
    scribe_end(r);
}

void build_Role(struct scribe *r, const struct census *p, uint64_t id)
{
    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "name", word(&p->words, WORDS_role, id - 1));
    build_std(r, p, CENSUS_Role, id);
    build_by(r, p, CENSUS_Role, id);
    scribe_end(r);
}

void build_Team(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Team, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "name", word(&p->words, WORDS_team, id - 1));
    scribe_ref(r, "supervisorId",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON)));
    build_std(r, p, CENSUS_Team, id);
    build_by(r, p, CENSUS_Team, id);
    scribe_end(r);
}

/* Key teamId, userId; everybody is in one team at most. */
void build_TeamUser(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t team = census_parent(p, CENSUS_TeamUser, CENSUS_Team, id);
    char key[64];

    scribe_begin(r, id);
    snprintf(key, sizeof key, "[%llu,%llu]", (unsigned long long)team,
             (unsigned long long)id);
    scribe_key(r, key);
    scribe_uint(r, "teamId", team);
    scribe_uint(r, "userId", id);
    build_std(r, p, CENSUS_TeamUser, id);
    build_by(r, p, CENSUS_TeamUser, id);
    scribe_end(r);
}

void build_Contact(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Contact, id);
    uint64_t who = dice_roll(record, ROLL_PERSON);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    cast_stranger(p, who, t);
    scribe_secret(r, "name", LEAF_NAME);
    cast_stranger_email(p, who, t);
    scribe_secret(r, "email", LEAF_EMAIL);
    cast_phone(p, dice_roll(record, ROLL_VALUE), t);
    scribe_secret(r, "phoneNumber", LEAF_PHONE);
    build_std(r, p, CENSUS_Contact, id);
    build_by(r, p, CENSUS_Contact, id);
    scribe_end(r);
}

void build_Invite(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const states[] = {"PENDING", "COMPLETE", "COMPLETE", "REVOKED"};
    uint64_t record = census_record(p, CENSUS_Invite, id);
    uint64_t who = dice_roll(record, ROLL_PERSON);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "resendCount", dice_pick(record, ROLL_QUANTITY, 3));
    cast_stranger_email(p, who, t);
    scribe_secret(r, "email", LEAF_EMAIL);
    cast_stranger(p, who, t);
    scribe_secret(r, "name", LEAF_NAME);
    leaf_add(t, STR("Welcome "));
    size_t at = t->n;
    cast_stranger(p, who, t);
    leaf_mark(t, at, LEAF_NAME);
    leaf_add(t, STR(", please join the workspace before the kick-off."));
    scribe_text(r, "message");
    build_choice(r, "status", states, BUILD_COUNT(states),
                 dice_roll(record, ROLL_STATE));
    build_std(r, p, CENSUS_Invite, id);
    build_by(r, p, CENSUS_Invite, id);
    scribe_end(r);
}

void build_LocationSubtype(struct scribe *r, const struct census *p, uint64_t id)
{
    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_word(r, "name", word(&p->words, WORDS_place_kind, id - 1));
    scribe_null(r, "description");
    build_std(r, p, CENSUS_LocationSubtype, id);
    build_by(r, p, CENSUS_LocationSubtype, id);
    scribe_end(r);
}

static void coordinate(struct scribe *r, const char *name, bool known, int64_t base,
                       uint64_t value)
{
    if (known)
        scribe_secret_decimal(r, name, LEAF_GEO,
                              base * 1000000 + (int64_t)dice_below(value, 9000000), 6);
    else
        scribe_null(r, name);
}

void build_Location(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const types[] = {"WORKCENTER", "WAREHOUSE", "RACK", "SHELF",
                                        "TOTE"};
    uint64_t record = census_record(p, CENSUS_Location, id);
    struct leaf *t = &r->text;
    bool site = id % 12 == 1; /* a building, with an address */

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    if (site) {
        cast_address(p, dice_roll(record, ROLL_PLACE), t);
        scribe_secret(r, "address", LEAF_ADDRESS);
    } else {
        scribe_null(r, "address");
    }
    scribe_bool(r, "available", dice_pick(record, ROLL_FLAG, 12) > 0);
    scribe_bool(r, "archived", dice_pick(record, ROLL_FLAG_2, 20) == 0);
    build_maybe_ref(r, p, "contactId", CENSUS_Contact, dice_roll(record, ROLL_PERSON),
                    30);
    build_prose(r, "description", WORDS_help, dice_roll(record, ROLL_TEXT), 1, 1);
    build_maybe_ref(r, p, "imageId", CENSUS_FileAttachment,
                    dice_roll(record, ROLL_FILE), 5);
    coordinate(r, "latitude", site, 32, dice_roll(record, ROLL_VALUE));
    scribe_ref(r, "locationSubtypeId",
               census_any(p, CENSUS_LocationSubtype, dice_roll(record, ROLL_KIND_OF)));
    coordinate(r, "longitude", site, -122, dice_roll(record, ROLL_QUANTITY));
    leaf_add(t, word(&p->words, WORDS_place, id));
    leaf_char(t, ' ');
    leaf_uint(t, id, 3);
    scribe_text(r, "name");
    scribe_ref(r, "parentId", site ? 0 : id - (id - 1) % 12);
    build_maybe_ref(r, p, "supervisorId", CENSUS_User, dice_roll(record, ROLL_PERSON_2),
                    40);
    build_choice(r, "type", types, BUILD_COUNT(types), dice_roll(record, ROLL_STATE));
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Location, id));
    build_std(r, p, CENSUS_Location, id);
    build_by(r, p, CENSUS_Location, id);
    scribe_end(r);
}

void build_Supplier(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_Supplier, id);
    uint64_t who = dice_roll(record, ROLL_PERSON);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    cast_supplier(p, id, t);
    scribe_secret(r, "name", LEAF_COMPANY);
    build_prose(r, "description", WORDS_about_supplier, dice_roll(record, ROLL_TEXT), 1,
                2);
    cast_phone(p, dice_roll(record, ROLL_VALUE), t);
    scribe_secret(r, "phoneNumber", LEAF_PHONE);
    cast_address(p, dice_roll(record, ROLL_PLACE), t);
    scribe_secret(r, "address", LEAF_ADDRESS);
    cast_stranger_email(p, who, t);
    scribe_secret(r, "email", LEAF_EMAIL);
    cast_stranger(p, who, t);
    scribe_secret(r, "contactName", LEAF_NAME);
    scribe_uint(r, "entityId", census_entity_id(p, CENSUS_Supplier, id));
    build_std(r, p, CENSUS_Supplier, id);
    build_by(r, p, CENSUS_Supplier, id);
    scribe_end(r);
}
