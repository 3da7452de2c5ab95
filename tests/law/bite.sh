#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# bite.sh BIN: the tables must notice when a row of the law is changed. Each
# line below spoils a copy of the rules by one word; the tables then have to
# fail, and for a case or a thing that none shows, not because the copy could
# not be read.
set -euo pipefail

bin=$1
here=$(cd "$(dirname "$0")" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

try() { # what, file, expression of sed
    rm -rf "${folder:?}"/*
    cp -R "$here/../../config/." "$folder"
    sed -i -E "$3" "$folder/rules/$2"
    if cmp -s "$folder/rules/$2" "$here/../../config/rules/$2"; then
        echo "$1: the expression changes nothing" >&2
        failed=1
        return
    fi
    local code=0
    "$bin/ciid-law" test --coverage --rules "$folder/rules" \
        "$here"/*.yaml >"$folder/out" 2>&1 || code=$?
    if [ "$code" -ne 1 ]; then
        echo "$1: exit $code instead of 1" >&2
        tail -n 3 "$folder/out" >&2
        failed=1
    fi
}

# A need of the row, from its "- id: ID" up to the next one.
need() { # file, id, need
    local drop="s/, $3\\b//;s/\\[$3, /[/;s/\\[$3\\]/[]/"
    try "$2 without $3" "$1" \
        "/- id: $2\$/,/- id: /{$drop;/^ +needs: \\[\\]\$/d}"
}

# As they are, they pass: else the rest would show nothing.
"$bin/ciid-law" test --coverage --rules "$here/../../config/rules" \
    "$here"/*.yaml >/dev/null

need federal/laci.yaml R01 client-attested
need federal/laci.yaml R03 not-yet-client
need federal/laci.yaml R26 request-purpose-benefits
need federal/laci.yaml R54 not-yet-client
need federal/lai.yaml R11 told-beforehand
need federal/lai.yaml R15 payer-undetermined
need federal/lai.yaml R35 represented-if-minor
need federal/lavs.yaml R46 receiver-announced
need federal/lei.yaml R28 permit-ended
need federal/lpc.yaml R27 identity-as-listed
need federal/lpd.yaml R48 received-the-original
need cantonal-default.yaml R44 only-whether-followed
need protocol.yaml S01 consent-not-withdrawn
need protocol.yaml S03 told-by-its-issuer

try "R19 is no duty any more" federal/lai.yaml \
    '/- id: R19$/,/- id: /{s/lane: duty/lane: release/;/within: 30/d}'
try "R01 opens the sanction" federal/laci.yaml \
    '/- id: R01$/,/- id: /s/(facets: \[identity)/\1, sanction/'
try "R50 denies no more" federal/lpd.yaml \
    '/- id: R50$/,/- id: /s/lane: deny/lane: release/'
try "the consent need not be in writing" predicates.yaml \
    's/\[signe, ecrit, electronique\]/[signe, ecrit, electronique, oral]/'
try "the attestation holds for seven months" protocol.yaml \
    '/test: within-months/,/value/s/"6"/"7"/'
try "sanctions go to everybody" federal/lpd.yaml \
    '/facets: \[sanction\]/s/sanction/religion/'

exit "$failed"
