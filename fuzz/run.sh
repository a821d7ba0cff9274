#!/bin/sh
# Fuzzes one target, or all one after another: fuzz/run.sh [TARGET] [EXECUTIONS]
# What is found stays in fuzz/target: new inputs in found/TARGET, the one that fails in failed/.
set -eu
cd "$(dirname "$0")"
target=${1:-all}
executions=${2:-10000000}
# What cargo-fuzz passes to the compiler for coverage. A sanitizer would need nightly Rust, and without
# unsafe code there is little for it to find; tracing comparisons makes everything four times as slow,
# and the corpus has the words that would have to be found.
export RUSTFLAGS="-Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
-Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table"
triple=$(rustc -vV | sed -n 's/^host: //p')
built=${CARGO_TARGET_DIR:-target}
# With --target the flags do not reach build scripts and macros.
cargo build --release --target "$triple"
if [ "$target" = all ]; then
  targets=$(ls corpus)
else
  targets=$target
fi
for target in $targets; do
  case $target in
    scenario) longest=1024 ;;
    monitor | any) longest=384 ;;
    *) longest=192 ;;
  esac
  mkdir -p "target/found/$target" target/failed
  echo "== $target"
  FUZZ_TARGET=$target "$built/$triple/release/fuzz" "target/found/$target" "corpus/$target" \
    -runs="$executions" -max_len="${MAX_LEN:-$longest}" -timeout=20 -print_final_stats=1 -verbosity=0 -print_funcs=0 \
    -artifact_prefix="target/failed/$target-"
done
