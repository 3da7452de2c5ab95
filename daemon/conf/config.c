/* SPDX-License-Identifier: Apache-2.0 */
#include "conf/config.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "conf/check.h"
#include "conf/file.h"
#include "conf/schema.h"
#include "proto/date.h"
#include "proto/id.h"

#define RUN_DIR_MAX 40
#define KIB         UINT64_C(1024)
#define MIB         (KIB * KIB)

/* --- checks of single values ---------------------------------------------- */

static enum cii_code
check_run_dir(const char *value, struct cii_error *err)
{
    if (strlen(value) <= RUN_DIR_MAX)
        return CII_OK;
    return cii_fail(err, CII_INVALID,
                    "%s has more than %d bytes; the paths of sockets in it "
                    "would not fit: choose a shorter one",
                    value, RUN_DIR_MAX);
}

static enum cii_code
check_day(const char *value, struct cii_error *err)
{
    struct date date;

    return date_parse(&date, value, err);
}

/* --- ciid.yaml ------------------------------------------------------------ */

#define AT(structure, member) \
    .name = #member, .at = offsetof(struct structure, member)
#define NUMBER(structure, member, low, high, normal)                           \
    AT(structure, member),                                                     \
        .form = YAML_NUMBER, .width = sizeof(((struct structure *)0)->member), \
        .least = (low), .most = (high), .fallback = (normal)

/* clang-format off */
static const struct yaml_key tls_keys[] = {
    {AT(config_tls, certificate), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "tls/certificate.pem",
     .meaning = "our certificate chain in PEM, leaf first"},
    {AT(config_tls, key), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "tls/key.pem",
     .meaning = "its private key in PEM; mode 0600 or less"},
    {AT(config_tls, authority), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "tls/authority.pem",
     .meaning = "the authorities that partners' certificates come from, "
                "in PEM"},
    {AT(config_tls, revocation), .form = YAML_PATH, .most = PATH_MAX,
     .meaning = "revocation lists in PEM; without it none is checked"},
};

static const struct yaml_shape tls_shape = {
    .name = "tls", YAML_KEYS(tls_keys), .size = sizeof(struct config_tls)};

static const struct yaml_key limits_keys[] = {
    {NUMBER(config_limits, connections, 1, 100000, "4096"),
     .meaning = "TCP connections, of all partners together"},
    {NUMBER(config_limits, handshakes, 1, 100000, "256"),
     .meaning = "connections whose handshake is not finished"},
    {NUMBER(config_limits, handshake_seconds, 1, 300, "10"),
     .unit = "seconds",
     .meaning = "time until a new connection must be ready"},
    {NUMBER(config_limits, silence_seconds, 1, 3600, "30"),
     .unit = "seconds",
     .meaning = "time after which a partner that no longer answers is cut"},
    {NUMBER(config_limits, untaken_bytes, 64 * KIB, 1024 * MIB, "8388608"),
     .unit = "bytes",
     .meaning = "bytes of one link that the core has not taken yet"},
    {NUMBER(config_limits, window_events, 1, 65536, "4096"),
     .meaning = "events that a partner may send before we acknowledge"},
    {NUMBER(config_limits, window_bytes, 384 * KIB, 1024 * MIB, "4194304"),
     .unit = "bytes",
     .meaning = "bytes that a partner may send before we acknowledge"},
    {NUMBER(config_limits, control_clients, 1, 10000, "64"),
     .meaning = "programs on one control socket at one time"},
    {NUMBER(config_limits, queries, 1, 1000, "8"),
     .meaning = "queries at one time"},
    {NUMBER(config_limits, query_seconds, 1, 86400, "120"),
     .unit = "seconds",
     .meaning = "time after which a query is ended"},
    {NUMBER(config_limits, replay_days, 1, 3650, "30"),
     .unit = "days",
     .meaning = "time that acknowledged events are kept for a partner that "
                "comes back with an older store"},
};

static const struct yaml_shape limits_shape = {
    .name = "limits", YAML_KEYS(limits_keys),
    .size = sizeof(struct config_limits)};

static const struct yaml_key avs_use_keys[] = {
    {AT(config_avs_use, responsible), .form = YAML_TEXT,
     .meaning = "function of the person responsible (LAVS 153d let. b)"},
    {AT(config_avs_use, announced_on), .form = YAML_TEXT, .check = check_day,
     .meaning = "day on which the use was announced to the Central Office"},
    {AT(config_avs_use, legal_basis), .form = YAML_TEXT,
     .meaning = "the legal basis of the use"},
};

static const struct yaml_shape avs_use_shape = {
    .name = "avs_use", YAML_KEYS(avs_use_keys),
    .size = sizeof(struct config_avs_use)};

static const char *const profile_words[] = {
    [PROFILE_PRODUCTION] = "production", [PROFILE_PILOT] = "pilot", NULL};

static const struct yaml_key config_keys[] = {
    {AT(config, institution), .form = YAML_TEXT, .required = true,
     .most = INSTITUTION_MAX, .check = institution_check,
     .meaning = "our own id: canton.kind or canton.kind.place"},
    {AT(config, name), .form = YAML_TEXT, .required = true,
     .meaning = "our name, as people read it"},
    {AT(config, profile), .form = YAML_WORD, .words = profile_words,
     .fallback = "production",
     .meaning = "production, or pilot: takes test-flagged events only, and "
                "rules that nobody has checked count"},
    {AT(config, state_dir), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "/var/lib/ciid",
     .meaning = "the folder that holds ciid.db; mode 0700"},
    {AT(config, run_dir), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "/run/ciid", .check = check_run_dir,
     .meaning = "the folder of the sockets; at most 40 bytes"},
    {AT(config, listen), .form = YAML_TEXT, .check = check_address,
     .meaning = "host:port where partners reach us; without it we only dial"},
    {AT(config, tls), .form = YAML_PART, .shape = &tls_shape,
     .meaning = "files of the TLS links"},
    {AT(config, signing_key), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "keys/signing.pem",
     .meaning = "our Ed25519 key in PEM; mode 0600 or less"},
    {AT(config, master_key), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "keys/master.key",
     .meaning = "32 random bytes that seal the store; mode 0600 or less"},
    {AT(config, facets), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "facets.yaml",
     .meaning = "the facets and their fields"},
    {AT(config, event_types), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "event-types.yaml",
     .meaning = "the event types"},
    {AT(config, rules), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "rules",
     .meaning = "the folder of the rule files"},
    {AT(config, partners), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "partners",
     .meaning = "the folder of the partner files, each named id.yaml"},
    {AT(config, competence), .form = YAML_PATH, .most = PATH_MAX,
     .meaning = "which offices are competent for which communes; without it "
                "none is"},
    {AT(config, letters), .form = YAML_PATH, .most = PATH_MAX,
     .fallback = "letters",
     .meaning = "the folder of the letters to the person"},
    {AT(config, forwards), .form = YAML_TEXTS, .fallback = "",
     .most = CATALOGUE_TYPES_MAX, .check = check_name,
     .meaning = "the event types that a bureau passes on to its team; none: "
                "nothing"},
    {AT(config, avs_use), .form = YAML_PART, .shape = &avs_use_shape,
     .meaning = "our right to use AVS numbers; without it our events carry "
                "the local id instead"},
    {AT(config, subscriptions), .form = YAML_TEXTS, .fallback = "",
     .most = CATALOGUE_TYPES_MAX, .check = check_name,
     .meaning = "the event types that we want; none: all"},
    {NUMBER(config, log_level, 3, 7, "6"),
     .meaning = "3 error, 4 warning, 5 notice, 6 info, 7 debug"},
    {AT(config, limits), .form = YAML_PART, .shape = &limits_shape,
     .meaning = "what one partner, and everybody together, may make us hold"},
};
/* clang-format on */

const struct yaml_shape config_shape = {.name = "ciid.yaml",
                                        YAML_KEYS(config_keys),
                                        .size = sizeof(struct config)};

static void
text_free(char **text)
{
    free(*text);
    *text = NULL;
}

enum cii_code
config_load(struct config **result, const char *path, struct cii_error *err)
{
    cii_auto(config_destroy) struct config *config = calloc(1, sizeof *config);
    cii_auto(text_free) char *whole = file_absolute(path);

    if (!config || !whole)
        return cii_fail(err, CII_MEMORY, "cannot load %s", path);
    CII_TRY(yaml_load(&config_shape, config, whole, err));
    *result = cii_take(config);
    return CII_OK;
}

void
config_destroy(struct config **config)
{
    if (!*config)
        return;
    yaml_release(&config_shape, *config);
    free(*config);
    *config = NULL;
}
