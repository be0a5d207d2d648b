//! Has this package built anew when a migration was added: they are compiled in, and the compiler does not see folders.

fn main() {
    println!("cargo::rerun-if-changed=../../migrations");
    println!("cargo::rerun-if-changed=build.rs");
}
