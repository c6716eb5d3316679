//! Turns `grammar/interdict.lalrpop` into the parser's Rust source in `OUT_DIR`; does nothing else.

fn main() {
    println!("cargo:rerun-if-changed=grammar");
    lalrpop::Configuration::new()
        .set_in_dir("grammar")
        .set_out_dir(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"))
        .emit_rerun_directives(true)
        .process()
        .expect("the grammar in grammar/interdict.lalrpop is in order");
}
