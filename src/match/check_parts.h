/*
 * check_parts: the validators, one function each, and what they share. Private to
 * check.
 */
#ifndef MATCH_CHECK_PARTS_H
#define MATCH_CHECK_PARTS_H

#include "base/str.h"

#define CHECK_DIGITS 40 /* the longest number that any validator reads */

/* The digits of s as 0 to 9; `separators` are ignored. 0 when anything else is in it or
 * there are more than CHECK_DIGITS. */
size_t check_digits(struct str s, const char *separators, uint8_t out[CHECK_DIGITS]);

/* Digits and A to Z as 0 to 35 (either case); `separators` are ignored. 0 as above. */
size_t check_letters(struct str s, const char *separators, uint8_t out[CHECK_DIGITS]);

#define CHECK_LIST(X)                                                            \
    X(luhn, "luhn", false, "Luhn's digit: cards, SIN, ICCID, personnummer")      \
    X(mod97, "mod97", false, "ISO 7064 MOD 97-10: IBAN, LEI")                    \
    X(verhoeff, "verhoeff", false, "Verhoeff's digit: Aadhaar")                  \
    X(mod23, "mod23", false, "letter of a Spanish DNI or NIE")                   \
    X(aba, "aba", false, "US bank routing number")                               \
    X(npi, "npi", false, "US national provider identifier")                      \
    X(dea, "dea", false, "US DEA registration number")                           \
    X(ssn, "ssn", false, "US social security number that was or can be issued")  \
    X(vin, "vin", false, "vehicle identification number with check digit")       \
    X(imei, "imei", false, "mobile equipment identity")                          \
    X(nhs, "nhs", false, "UK NHS number")                                        \
    X(bsn, "bsn", false, "Dutch burgerservicenummer")                            \
    X(cpf, "cpf", false, "Brazilian CPF")                                        \
    X(cnpj, "cnpj", false, "Brazilian CNPJ")                                     \
    X(tfn, "tfn", false, "Australian tax file number")                           \
    X(abn, "abn", false, "Australian business number")                           \
    X(pesel, "pesel", false, "Polish PESEL")                                     \
    X(ipv4, "ipv4", false, "IPv4 address")                                       \
    X(ipv6, "ipv6", false, "IPv6 address")                                       \
    X(uuid, "uuid", false, "UUID, not nil and not max")                          \
    X(entropy, "entropy", true, "at least so many bits per character (Shannon)") \
    X(jwt, "jwt", false, "JSON web token whose header names an algorithm")       \
    X(github_crc32, "github-crc32", false, "checksum at the end of a GitHub token")

#define X(id, name, parameter, summary) \
    bool check_##id(struct str text, double parameter_);
CHECK_LIST(X)
#undef X

#endif
