/*
 * plant: sensitive values that detectors must find, with the right shape and check
 * digits.
 *
 * Nothing is real: card numbers lie in the networks' published test ranges, telephone
 * numbers are 555-01xx, addresses of machines are those of RFC 5737, hosts are example
 * domains, and keys and tokens are drawn by dice. Any thread.
 */
#ifndef DEMO_PLANT_H
#define DEMO_PLANT_H

#include "demo/leaf.h"

/* Fills a slot of a sentence and marks it:
 *   {e} e-mail  {h} telephone  {k} card  {I} IBAN  {s} SSN  {i} IPv4  {A} address
 *   {a} AWS key id  {G} GitHub  {X} Slack  {y} GitLab  {j} JWT  {m} PEM  {u} presigned
 * URL {z} base64 with a name and an e-mail inside  {J} JSON with three values inside */
void plant_slot(struct leaf *t, const struct census *p, char slot, uint64_t *state);

/* n characters of an alphabet. */
void plant_chars(struct leaf *t, struct str alphabet, unsigned n, uint64_t *state);

extern const struct str plant_base62, plant_hex, plant_base32;

/* A link to a stored file that works for an hour. */
void plant_presigned(struct leaf *t, const struct census *p, struct str name,
                     uint64_t *state);

#endif
