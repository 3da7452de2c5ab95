# The warnings and hardening of this project, on gcc 12 and clang 14.
# cii_flags: everything we compile. cii_strict: our own code only, since the
# macros of Criterion break under exactly these.
add_library(cii_flags INTERFACE)
add_library(cii_strict INTERFACE)

target_compile_definitions(
  cii_flags INTERFACE _GNU_SOURCE CII_VERSION="${PROJECT_VERSION}")
target_compile_options(
  cii_flags
  INTERFACE
    -Wall -Wextra -Wpedantic -Wenum-conversion -Wdouble-promotion -Wshadow
    -Wundef -Wvla -Walloca -Wdate-time -Wredundant-decls -Wstrict-prototypes
    -Wold-style-definition -Wcast-align -Wpointer-arith -Wformat=2
    -Wimplicit-fallthrough -Wswitch-enum -Wnull-dereference
    -Wframe-larger-than=65536 -Wunused-macros
    -Werror=implicit-function-declaration
    -Werror=incompatible-pointer-types -Werror=int-conversion
    -Werror=return-type -Werror=format-security
    -fno-common -fvisibility=hidden -fno-omit-frame-pointer
    -fstack-protector-strong -fstack-clash-protection -fcf-protection=full)
target_compile_options(
  cii_strict INTERFACE -Wconversion -Wsign-conversion -Wcast-qual
                       -Wwrite-strings -Wmissing-prototypes
                       -Wbad-function-cast)

if(CMAKE_C_COMPILER_ID STREQUAL "GNU")
  target_compile_options(
    cii_flags
    INTERFACE -Wformat-signedness -Wformat-overflow=2 -Wlogical-op
              -Wduplicated-cond -Wduplicated-branches -Wjump-misses-init
              -Wstringop-overflow=4 -Warray-bounds=2 -Wuse-after-free=3
              -Wdangling-pointer=2 -Wtrampolines
              -ftrivial-auto-var-init=zero -fzero-call-used-regs=used-gpr)
  target_compile_options(cii_strict INTERFACE -Warith-conversion)
else()
  target_compile_options(
    cii_flags
    INTERFACE -Wcomma -Wassign-enum -Wconditional-uninitialized
              -Wloop-analysis -Wunreachable-code-aggressive -Wthread-safety
              -ftrivial-auto-var-init=pattern)
  target_compile_options(cii_strict INTERFACE -Wmissing-variable-declarations)
endif()

if(CII_WERROR)
  target_compile_options(cii_flags INTERFACE -Werror)
endif()
if(CII_ANALYZE)
  target_compile_options(cii_strict INTERFACE -fanalyzer)
endif()
if(CII_SANITIZE)
  add_compile_options(-fsanitize=address,undefined
                      -fno-sanitize-recover=all)
  add_link_options(-fsanitize=address,undefined)
elseif(NOT CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_options(cii_flags INTERFACE -U_FORTIFY_SOURCE
                                             -D_FORTIFY_SOURCE=3)
endif()
if(CII_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
if(CII_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

add_link_options(
  -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,-z,separate-code
  -Wl,--as-needed)
