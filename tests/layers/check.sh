#!/bin/sh
# Prints every include that points against the arrows of layers.txt, and
# every foreign header outside its one door; fails if there is one.
set -eu
cd "$(dirname "$0")/../.."
files=$(find include proto daemon client -name '*.[ch]' | sort)

awk '
FNR == NR { if ($0 !~ /^#/ && NF) for (i = 3; i <= NF; i++) may[$1, $i] = 1; next }
FNR == 1  { split(FILENAME, p, "/"); here = p[1] == "daemon" ? p[2] : p[1] }
match($0, /^#include "[^"]+"/) {
    split(substr($0, 11, RLENGTH - 11), q, "/")
    there = q[1] == "cii" ? "include" : (q[2] == "" ? here : q[1])
    if (there != here && !((here, there) in may)) {
        printf "%s:%d: %s may not include %s\n", FILENAME, FNR, here, there; bad = 1 }
}
END { exit bad }' tests/layers/layers.txt $files

# door <header pattern> <folders that may>
door() {
    found=$(grep -nE "^ *# *include <$1" $files | grep -vE "^($2)" || true)
    [ -z "$found" ] && return 0
    printf '%s\n' "$found" | sed "s|\$|  (only $2)|"
    return 1
}
bad=0
door 'zmq' 'daemon/bus/' || bad=1
door 'sqlite3' 'daemon/store/' || bad=1
door 'openssl' 'daemon/crypto/|daemon/gate/|client/pki/' || bad=1
door 'protobuf-c|proto/.*pb-c' 'proto/frame' || bad=1
door 'cyaml' 'daemon/conf/' || bad=1
door 'jansson' 'client/tool/' || bad=1
door 'seccomp' 'daemon/base/' || bad=1
exit $bad
