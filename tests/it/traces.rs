//! Stack traces, builds and pages as a client sees them at level `digest`.

use std::fmt::Write as _;

use tempfile::TempDir;

use crate::harness::mrconductor;

/// Distills `text` from stdin and returns what is printed.
fn digested(text: &str) -> String {
    let home = TempDir::new().unwrap();
    let args = ["distill", "-", "--level", "digest"];
    let output = mrconductor(home.path(), &args, text.as_bytes());
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn a_dump_of_threads_shows_each_stack_once() {
    let mut text = "fatal error: all goroutines are asleep - deadlock!\n\n".to_owned();
    for goroutine in 1..40 {
        let _ = write!(
            text,
            "goroutine {goroutine} [chan receive]:\n\
             net/http.(*persistConn).readLoop(0xc0000{goroutine:02}000)\n\
             \t/usr/local/go/src/net/http/transport.go:2214 +0x34\n\
             shop/pool.(*Pool).take(0xc0000{goroutine:02}000, 0x{goroutine:x})\n\
             \t/app/pool/pool.go:17 +0x1d\n\n"
        );
    }
    insta::assert_snapshot!(digested(&text));
}

#[test]
fn a_chain_of_exceptions_is_shown_with_its_messages_and_own_frames() {
    let mut text = String::new();
    for request in 0..12 {
        let _ = writeln!(text, "Traceback (most recent call last):");
        for _ in 0..5 {
            let _ = writeln!(
                text,
                "  File \"/usr/lib/python3.12/asyncio/base_events.py\", line 650, in run\n    return future.result()"
            );
        }
        let _ = writeln!(
            text,
            "  File \"/app/shop/cart.py\", line 17, in total\n    raise EmptyCart(self.number)\nshop.cart.EmptyCart: cart {request} is empty"
        );
    }
    insta::assert_snapshot!(digested(&text));
}

#[test]
fn a_build_shows_its_diagnostics_with_the_numbers_of_their_lines() {
    let mut text = String::new();
    for number in 0..60 {
        let (part, version) = (number * 7919 % 9973, number * 31 % 47);
        let _ = writeln!(
            text,
            "   Compiling part-{part} v{}.{version}.{}",
            version % 7,
            part % 13
        );
        if number % 20 == 7 {
            let _ = writeln!(
                text,
                "warning: unused variable: `total_{number}`\n  --> src/cart_{number}.rs:{number}:9\n   |\n{number} |     let total_{number} = 1;\n   |         ^^^^^^^^ help: prefix it with an underscore\n"
            );
        }
    }
    insta::assert_snapshot!(digested(&text));
}

#[test]
fn a_page_shows_what_can_be_used() {
    let mut text = "- banner [ref=e1]:\n  - heading \"Shop\" [level=1] [ref=e2]\n".to_owned();
    for number in 3..30 {
        let _ = writeln!(
            text,
            "  - listitem [ref=f{number}]:\n    - link \"Item number {number}\" [ref=e{number}] [cursor=pointer]:\n      - /url: /items/{number}"
        );
    }
    text += "  - textbox \"Search\" [active] [ref=e40]\n  - button \"Go\" [disabled] [ref=e41]\n";
    insta::assert_snapshot!(digested(&text));
}
