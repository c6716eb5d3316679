//! The `interdict` command; everything is in [`interdict::cli`].

fn main() -> std::process::ExitCode {
    interdict::cli::main()
}
