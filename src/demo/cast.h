/*
 * cast: who and what a tenant is about, by id: people, companies, parts, pieces.
 *
 * Whoever quotes one of them gets the same text. All append to `t`. Values are
 * fictional: example domains (RFC 6761), telephone numbers 555-0100 to 555-0199. Any
 * thread.
 */
#ifndef DEMO_CAST_H
#define DEMO_CAST_H

#include "demo/leaf.h"

enum cast_tracking { CAST_UNTRACKED, CAST_SERIAL, CAST_LOT };

/* The organisation: "Halvorsen Propulsion", and "halvorsen.example". */
void cast_organization(const struct census *p, struct leaf *t);
void cast_domain(const struct census *p, struct leaf *t);

/* Users. Addresses are unique, names nearly. */
void cast_person(const struct census *p, uint64_t user, struct leaf *t);
void cast_email(const struct census *p, uint64_t user, struct leaf *t);

/* Somebody outside, out of any value; the same value gives name and address that fit.
 */
void cast_stranger(const struct census *p, uint64_t value, struct leaf *t);
void cast_stranger_email(const struct census *p, uint64_t value, struct leaf *t);

/* Names are unique. */
void cast_supplier(const struct census *p, uint64_t supplier, struct leaf *t);

void cast_phone(const struct census *p, uint64_t value, struct leaf *t);
void cast_address(const struct census *p, uint64_t value, struct leaf *t);

/* Parts come in groups of eight ids: five part numbers, two of them with revisions
 * B (and one with C), which follow their first. */
uint64_t cast_part_base(const struct census *p, uint64_t part);
char cast_part_revision(const struct census *p, uint64_t part);
void cast_part_number(const struct census *p, uint64_t part, struct leaf *t);
struct str cast_part_kind(const struct census *p,
                          uint64_t part); /* an item of `subtype` */
uint64_t cast_part_kind_index(const struct census *p, uint64_t part);
enum cast_tracking cast_part_tracking(const struct census *p, uint64_t part);

/* Which part a piece is of, and its number: unique over all pieces. */
uint64_t cast_inventory_part(const struct census *p, uint64_t inventory);
void cast_serial(const struct census *p, uint64_t inventory, struct leaf *t);
void cast_lot(const struct census *p, uint64_t inventory, struct leaf *t);

#endif
