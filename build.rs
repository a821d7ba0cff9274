//! Has the linker write down which function of the page's program refers to which constant: what parts it
//! in two (`xtask/src/split/`) goes by that.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    if std::env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|target| target == "wasm32") {
        println!("cargo::rustc-link-arg-bin=cache-playground=--emit-relocs");
    }
}
