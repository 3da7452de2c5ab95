/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/check.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define LOWER      "abcdefghijklmnopqrstuvwxyz"
#define UPPER      "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS     "0123456789"

#define KEY_PREFIX "ed25519:"
#define KEY_DIGITS 64
#define HOST_MAX   253

/* Is text one of `first`, then `rest` to its end? */
static bool
consists_of(const char *text, const char *first, const char *rest)
{
    return *text && strchr(first, *text) && text[strspn(text, rest)] == '\0';
}

static bool
port_is_right(const char *port)
{
    size_t digits = strspn(port, DIGITS);

    if (digits == 0 || digits > 5 || port[digits] != '\0')
        return false;
    long number = strtol(port, NULL, 10);
    return number >= 1 && number <= 65535;
}

static bool
host_is_right(const char *host, bool bracketed)
{
    struct in6_addr address;

    if (bracketed)
        return inet_pton(AF_INET6, host, &address) == 1;
    return consists_of(host, LOWER UPPER DIGITS, LOWER UPPER DIGITS ".-_");
}

enum cii_code
check_address(const char *value, struct cii_error *err)
{
    bool bracketed = value[0] == '[';
    const char *from = value + bracketed;
    const char *to = bracketed ? strstr(from, "]:") : strchr(from, ':');
    char host[HOST_MAX + 1];

    if (!to || to == from || to - from > HOST_MAX)
        return cii_fail(err, CII_INVALID,
                        "wants host:port, as in cii.example.ch:7443");
    memcpy(host, from, (size_t)(to - from));
    host[to - from] = '\0';
    if (!bracketed && strchr(to + 1, ':'))
        return cii_fail(err, CII_INVALID,
                        "an IPv6 address stands in brackets, as in "
                        "[2001:db8::1]:7443");
    if (!host_is_right(host, bracketed))
        return cii_fail(err, CII_INVALID,
                        "wants host:port, and this host is "
                        "neither a name nor an address");
    if (!port_is_right(to + 1 + bracketed))
        return cii_fail(err, CII_INVALID,
                        "wants host:port, with a port from 1 to 65535");
    return CII_OK;
}

enum cii_code
check_name(const char *value, struct cii_error *err)
{
    if (consists_of(value, LOWER, LOWER DIGITS "-") &&
        strlen(value) <= NAME_MAX_BYTES)
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "a name consists of a-z, 0-9 and '-', begins with a "
                    "letter and has %d characters at most",
                    NAME_MAX_BYTES);
}

enum cii_code
check_field_name(const char *value, struct cii_error *err)
{
    if (consists_of(value, LOWER UPPER, LOWER UPPER DIGITS) &&
        strlen(value) <= NAME_MAX_BYTES)
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "a field's name consists of letters and digits, begins "
                    "with a letter and has %d characters at most",
                    NAME_MAX_BYTES);
}

enum cii_code
check_code(const char *value, struct cii_error *err)
{
    if (value[strcspn(value, " \t\r\n,")] == '\0')
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "a code is one word, without space or comma");
}

enum cii_code
check_signing_key(const char *value, struct cii_error *err)
{
    size_t prefix = strlen(KEY_PREFIX);

    if (strncmp(value, KEY_PREFIX, prefix) == 0 &&
        strlen(value) == prefix + KEY_DIGITS &&
        strspn(value + prefix, DIGITS "abcdef") == KEY_DIGITS)
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "wants \"ed25519:\" and %d hex digits in lower case, as "
                    "the partner reads them out",
                    KEY_DIGITS);
}
