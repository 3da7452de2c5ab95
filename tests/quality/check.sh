#!/bin/sh
# What a reviewer should not have to look for. One word says which:
#   format   clang-format over our own code
#   tidy     clang-tidy, two files at a time
#   manuals  mandoc over every manual page
#   words    nothing unfinished, no path of somebody's machine
#   clang    every unit test as clang built it
#   fuzz     every fuzz target over its corpus, and some more
set -u
cd "$(dirname "$0")/../.."

# What a sanitizer writes inside a test that passes all the same.
sanitizer='(Leak|Address|Thread|Memory|UndefinedBehavior)Sanitizer|runtime error:'

sources() {
    find include proto daemon client tests -name '*.[ch]' | sort
}

case "$1" in
format)
    # shellcheck disable=SC2046
    clang-format --dry-run -Werror $(sources)
    ;;
tidy)
    find proto daemon client -name '*.c' | sort |
        xargs -P 2 -n 4 clang-tidy --quiet -p build/clang 2>/dev/null
    ;;
manuals)
    found=$(mandoc -T lint -W warning docs/man/*.[1-8] 2>&1)
    [ -z "$found" ] || { printf '%s\n' "$found"; exit 1; }
    ;;
words)
    marks='TO''DO|FIX''ME'
    ! git grep -nE "$marks|^ *//|/(work|farm)/" -- '*.c' '*.h' '*.sh' \
        '*.py' '*.yaml' '*.md' '*.proto' run ':!tests/fuzz/corpus' |
        grep -vE '\.proto:[0-9]+: *//'
    ;;
clang)
    status=0
    for test in build/clang/bin/unit_*; do
        out=$("$test" -j2 2>&1) || status=1
        printf '%s\n' "$out" | grep -E "$sanitizer" && status=1
        printf '%s: %s\n' "$test" "$(printf '%s\n' "$out" | tail -n 1)"
    done
    exit $status
    ;;
fuzz)
    for target in build/fuzz/bin/fuzz_*; do
        name=$(basename "$target")
        corpus=$(mktemp -d)
        "$target" -runs=30000 -max_total_time=20 -max_len=8192 -verbosity=0 \
            -print_final_stats=1 "$corpus" "tests/fuzz/corpus/$name" \
            >"$corpus.log" 2>&1 || {
            cat "$corpus.log"
            exit 1
        }
        printf '%s: %s\n' "$name" \
            "$(grep number_of_executed_units "$corpus.log")"
        rm -rf "$corpus" "$corpus.log"
    done
    ;;
*)
    echo "no such check: $1" >&2
    exit 2
    ;;
esac
