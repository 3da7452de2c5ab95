/* SPDX-License-Identifier: Apache-2.0 */
#ifndef CONF_SCHEMA_H
#define CONF_SCHEMA_H

/*
 * The tables of all files that we read: what the manual and the samples have
 * to say is tested against them.
 */

#include "conf/config.h"
#include "conf/rules_file.h"
#include "conf/yaml.h"

/* ciid.yaml, into struct config. */
extern const struct yaml_shape config_shape;
/* One file of the partners' folder, into struct partner_config. */
extern const struct yaml_shape partner_shape;
/* facets.yaml, event-types.yaml and a rule file, into structs of their own. */
extern const struct yaml_shape competence_shape;
extern const struct yaml_shape facets_shape;
extern const struct yaml_shape types_shape;
extern const struct yaml_shape rules_shape;

#endif
