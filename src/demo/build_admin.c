/* Keys, webhooks and notifications: where a tenant keeps its credentials. */
#include "demo/build.h"
#include "demo/plant.h"

void build_UserNotification(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const types[] = {"COMMENT",           "MENTION",
                                        "ISSUE_ASSIGNED",    "RUN_ASSIGNED",
                                        "RUN_STEP_ASSIGNED", "REVIEW_REQUEST"};
    uint64_t record = census_record(p, CENSUS_UserNotification, id);
    uint64_t other = census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON));
    struct leaf *t = &r->text;
    size_t from;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    build_prose(r, "description", WORDS_remark, dice_roll(record, ROLL_TEXT), 1, 2);
    scribe_uint(r, "entityId",
                census_any(p, CENSUS_Entity, dice_roll(record, ROLL_TARGET)));
    scribe_null(r, "externalLink");
    scribe_word(r, "linkText", STR("Open"));
    leaf_add(t, STR("/runs/"));
    leaf_uint(t, census_any(p, CENSUS_Run, dice_roll(record, ROLL_VALUE)), 0);
    leaf_add(t, STR("/steps?notification="));
    leaf_uint(t, dice_pick(record, ROLL_SESSION_LOW, 8999999999) + 1000000000, 0);
    scribe_secret(r, "path", LEAF_URL);
    leaf_add(t, STR("{\"from\":\""));
    from = t->n;
    cast_person(p, other, t);
    leaf_mark_nested(t, str_n(t->p + from, t->n - from), LEAF_NAME);
    leaf_add(t, STR("\",\"replyTo\":\""));
    from = t->n;
    cast_email(p, other, t);
    leaf_mark_nested(t, str_n(t->p + from, t->n - from), LEAF_EMAIL);
    leaf_add(t, STR("\",\"urgent\":false}"));
    scribe_text(r, "payload");
    scribe_bool(r, "read", dice_pick(record, ROLL_FLAG, 4) > 0);
    from = t->n;
    cast_person(p, other, t);
    leaf_mark(t, from, LEAF_NAME);
    leaf_add(t, STR(" mentioned you"));
    scribe_text(r, "title");
    build_choice(r, "type", types, BUILD_COUNT(types), dice_roll(record, ROLL_KIND_OF));
    scribe_uint(r, "userId",
                census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON_2)));
    build_std(r, p, CENSUS_UserNotification, id);
    build_by(r, p, CENSUS_UserNotification, id);
    scribe_end(r);
}

void build_WebhookReceiver(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_WebhookReceiver, id);
    uint64_t state = dice_roll(record, ROLL_VALUE);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    leaf_add(t, STR("Receiver "));
    leaf_uint(t, id, 0);
    scribe_text(r, "name");
    build_prose(r, "description", WORDS_remark, dice_roll(record, ROLL_TEXT), 1, 1);
    leaf_add(t, STR("https://hooks.example.net/ion/"));
    plant_chars(t, plant_base62, 32, &state);
    scribe_secret(r, "webhookUri", LEAF_SECRET);
    plant_chars(t, plant_base62, 40, &state);
    scribe_secret(r, "sharedSecret", LEAF_SECRET);
    scribe_word(r, "contentType", STR("JSON"));
    scribe_uint(r, "expectedResponseCode", 200);
    scribe_bool(r, "active", dice_pick(record, ROLL_FLAG, 5) > 0);
    build_std(r, p, CENSUS_WebhookReceiver, id);
    build_by(r, p, CENSUS_WebhookReceiver, id);
    scribe_end(r);
}

void build_WebhookSubscription(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const resources[] = {
        "RUNS", "RUN_STEPS", "PARTS", "PARTS_INVENTORY", "ISSUES", "PURCHASE_ORDERS"};
    static const char *const actions[] = {"CREATE", "UPDATE", "DELETE"};
    uint64_t record = census_record(p, CENSUS_WebhookSubscription, id);

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    build_choice(r, "resource", resources, BUILD_COUNT(resources),
                 dice_roll(record, ROLL_KIND_OF));
    build_choice(r, "action", actions, BUILD_COUNT(actions),
                 dice_roll(record, ROLL_STATE));
    scribe_uint(
        r, "receiverId",
        census_parent(p, CENSUS_WebhookSubscription, CENSUS_WebhookReceiver, id));
    scribe_bool(r, "active", true);
    build_std(r, p, CENSUS_WebhookSubscription, id);
    build_by(r, p, CENSUS_WebhookSubscription, id);
    scribe_end(r);
}

void build_WebhookEvent(struct scribe *r, const struct census *p, uint64_t id)
{
    static const char *const states[] = {"SUCCEEDED", "SUCCEEDED", "SUCCEEDED",
                                         "RETRYING", "FAILED"};
    uint64_t record = census_record(p, CENSUS_WebhookEvent, id);
    uint64_t state = dice_pick(record, ROLL_STATE, BUILD_COUNT(states));
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_uint(r, "subscriptionId",
                census_parent(p, CENSUS_WebhookEvent, CENSUS_WebhookSubscription, id));
    scribe_time(r, "responseReceivedAt",
                build_created(p, CENSUS_WebhookEvent, id) + 250000);
    scribe_uint(r, "responseStatusCode", state < 3 ? 200 : 503);
    scribe_word(r, "status", str_of(states[state]));
    scribe_uint(r, "numberOfRetries",
                state < 3 ? 0 : dice_pick(record, ROLL_QUANTITY, 6));
    leaf_add(t, state < 3 ? STR("{\"ok\":true}") : STR("Service unavailable"));
    scribe_secret(r, "responseData", LEAF_NONE);
    leaf_add(
        t, STR("{\"resource\":\"users\",\"action\":\"UPDATE\",\"row\":{\"email\":\""));
    size_t from = t->n;
    cast_email(p, census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON)), t);
    leaf_mark_nested(t, str_n(t->p + from, t->n - from), LEAF_EMAIL);
    leaf_add(t, STR("\"}}"));
    scribe_text(r, "requestData");
    build_std(r, p, CENSUS_WebhookEvent, id);
    scribe_end(r);
}

void build_APIKeyObject(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_APIKeyObject, id);
    uint64_t state = dice_roll(record, ROLL_VALUE);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    build_std(r, p, CENSUS_APIKeyObject, id);
    leaf_add(t, STR("api-key-"));
    plant_chars(t, plant_hex, 16, &state);
    scribe_secret(r, "clientId", LEAF_SECRET);
    plant_chars(t, plant_base62, 32, &state);
    scribe_secret(r, "clientSecret", LEAF_SECRET);
    scribe_bool(r, "enabled", dice_pick(record, ROLL_FLAG, 4) > 0);
    scribe_ref(r, "createdById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_AUTHOR)));
    scribe_ref(r, "updatedById",
               census_any(p, CENSUS_User, dice_roll(record, ROLL_EDITOR)));
    scribe_end(r);
}

void build_AnalyticsCredential(struct scribe *r, const struct census *p, uint64_t id)
{
    uint64_t record = census_record(p, CENSUS_AnalyticsCredential, id);
    uint64_t state = dice_roll(record, ROLL_VALUE);
    struct leaf *t = &r->text;

    scribe_begin(r, id);
    scribe_uint(r, "id", id);
    scribe_ref(r, "userId", census_any(p, CENSUS_User, dice_roll(record, ROLL_PERSON)));
    scribe_uint(r, "organizationId", 1);
    leaf_add(t, STR("reader_"));
    plant_chars(t, plant_hex, 12, &state);
    scribe_secret(r, "roleName", LEAF_SECRET);
    scribe_word(r, "providerType", STR("POSTGRES"));
    leaf_add(t, STR("replica."));
    cast_domain(p, t);
    leaf_add(t, STR(":5432"));
    scribe_secret(r, "endpoint", LEAF_SECRET);
    plant_chars(t, plant_base62, 28, &state);
    scribe_secret(r, "password", LEAF_SECRET);
    build_std(r, p, CENSUS_AnalyticsCredential, id);
    build_by(r, p, CENSUS_AnalyticsCredential, id);
    scribe_end(r);
}
