//! Hands the command line to [`mrconductor::run`] and returns its exit code.

use std::process::ExitCode;

fn main() -> ExitCode {
    mrconductor::run(std::env::args_os())
}
