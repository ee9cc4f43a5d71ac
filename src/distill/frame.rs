//! One frame of a stack trace: whether a line is one, what tells it from others, and whose code it is in.
//!
//! | language | frame |
//! |---|---|
//! | JVM, JavaScript, .NET | `at org.shop.Cart.add(Cart.java:17)`, `at add (/app/cart.js:17:3)` |
//! | Python | `File "/app/cart.py", line 17, in add`, then its code |
//! | Go | `main.add(0x1)`, then a tab and `/app/cart.go:17 +0x1d` |
//! | Rust | `3: shop::cart::add`, then `at ./src/cart.rs:17:9` |
//! | C, C++, Dart, PHP | `#3 0x00 in add(int) /app/cart.cc:17:3`, `#3 /app/cart.php(17): add()` |
//! | Ruby | `app/cart.rb:17:in 'add'` |
//! | crash reports | `3   libcart.dylib   0x00007fff add + 17` |

/// What stands in frames of code that comes with a language or as a package: its folders, modules and namespaces.
const LIBRARY_PARTS: &[&str] = &[
    "node_modules/",
    "node:",
    "internal/",
    "site-packages/",
    "dist-packages/",
    "/lib/python",
    "<frozen ",
    "/.cargo/",
    "/cargo/registry/",
    "/rustc/",
    "/rustlib/",
    "library/std/",
    "library/core/",
    "/usr/local/go/src/",
    "/usr/lib/go",
    "/libexec/src/",
    "/pkg/mod/",
    "/usr/lib/",
    "/usr/include/",
    "/lib/x86_64",
    "/sysdeps/",
    "/compiler-rt/",
    "/libstdc++",
    "libsystem_",
    "(libc.",
    "(libc+",
    "/libc.so",
    "/ld-linux",
    "/gems/",
    "/lib/ruby/",
    "vendor/",
    "[internal function]",
    "dart:",
    "package:flutter/",
    "package:test",
    "<anonymous>)",
    "<unknown>",
    "<null>",
    "<filename unknown>",
    "(Native Method)",
    "(Unknown Source)",
    " ??? ",
];

/// What the frames of such code start with: packages of the JVM, namespaces of .NET, crates of Rust.
const LIBRARY_STARTS: &[&str] = &[
    "java.",
    "javax.",
    "jdk.",
    "sun.",
    "com.sun.",
    "kotlin.",
    "kotlinx.",
    "scala.",
    "groovy.",
    "clojure.",
    "android.",
    "androidx.",
    "dalvik.",
    "jakarta.",
    "org.springframework.",
    "org.apache.",
    "org.eclipse.",
    "org.hibernate.",
    "org.junit.",
    "org.mockito.",
    "org.gradle.",
    "org.jboss.",
    "org.mortbay.",
    "org.slf4j.",
    "com.fasterxml.",
    "com.google.common.",
    "io.netty.",
    "io.undertow.",
    "reactor.",
    "akka.",
    "okhttp3.",
    "System.",
    "Microsoft.",
    "Xunit.",
    "NUnit.",
    "Newtonsoft.",
    "std::",
    "core::",
    "alloc::",
    "tokio::",
    "rayon",
    "futures",
    "<core::",
    "<alloc::",
    "<std::",
    "rust_begin_unwind",
    "__rust",
    "_start",
    "__libc",
    "runtime.",
    "panic(",
    "testing.",
    "reflect.",
    "net/http.",
    "syscall.",
];

/// Whether `line` is a frame, or the first line of one.
pub(in crate::distill) fn is_frame(line: &str) -> bool {
    let text = line.trim_start();
    let is_indented = text.len() < line.len();
    let numbered = || {
        let (number, rest) = split_number(text.strip_prefix('#').unwrap_or(text));
        let has_sign = text.starts_with('#');
        let rest_text = rest.trim_start();
        !number.is_empty()
            && number.len() <= 4
            && if has_sign {
                rest.starts_with(' ')
            } else if let Some(rest) = rest.strip_prefix(": ") {
                is_symbol(rest)
            } else {
                // The frame of a crash report: number, image, address.
                let mut fields = rest_text.split_ascii_whitespace().skip(1);
                rest.starts_with(' ') && fields.next().is_some_and(|field| field.starts_with("0x"))
            }
    };
    is_indented && (is_at(text) || text.starts_with("File \"") && text.contains("\", line "))
        || is_go_place(line)
        || is_ruby(text)
        || numbered()
}

/// Whether `line` ends a stack, or leaves frames out of it.
pub(in crate::distill) fn is_filler(line: &str) -> bool {
    let text = line.trim();
    text.starts_with("... ")
        || text.starts_with("[Previous line repeated")
        || text.starts_with("…")
        || text.starts_with("- locked ")
        || text.starts_with("- waiting ")
        || text.starts_with("- parking ")
}

/// Whether what was thrown stands below a stack that starts with `frame`, and not above.
pub(in crate::distill) fn ends_with_message(frame: &str) -> bool {
    frame.trim_start().starts_with("File \"")
}

/// Whether `line`, which follows frame `frame`, is the second line of it.
pub(in crate::distill) fn continues(line: &str, frame: &str) -> bool {
    let text = line.trim_start();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let deeper = indent(line) > indent(frame);
    let of_python = frame.trim_start().starts_with("File \"") && deeper && !is_frame(line);
    let of_rust =
        text.starts_with("at ") && deeper && split_number(frame.trim_start()).1.starts_with(": ");
    of_python || of_rust
}

/// Whether `line` is the first line of a frame of Go, whose second is `next`.
pub(in crate::distill) fn opens(line: &str, next: &str) -> bool {
    is_go_place(next)
        && !is_go_place(line)
        && !line.trim().is_empty()
        && !line.trim_start().starts_with("goroutine ")
}

/// Whether frame `text`, all its lines, is in code that comes with a language or as a package.
pub(in crate::distill) fn is_library(text: &str) -> bool {
    let symbol = symbol(text);
    // Ruby says the version of a gem: `rack (2.0.3) lib/rack/runtime.rb:22`.
    let is_gem = || text.contains(") lib/") && is_ruby(text.trim_start());
    if symbol.starts_with("main.") {
        return false;
    }
    is_gem()
        || LIBRARY_PARTS.iter().any(|part| text.contains(part))
        || LIBRARY_STARTS.iter().any(|start| symbol.starts_with(start))
}

/// What of a frame tells it from others: its text without number, addresses and offsets.
pub(in crate::distill) fn key(text: &str) -> String {
    let text = text.trim_start();
    let (number, rest) = split_number(text.strip_prefix('#').unwrap_or(text));
    let text = if number.is_empty() {
        text
    } else {
        rest.trim_start_matches([':', ' '])
    };
    let mut key = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("0x") {
        key.push_str(before);
        rest = after.trim_start_matches(|letter: char| letter.is_ascii_hexdigit());
    }
    key.push_str(rest);
    key
}

/// The name that a frame starts with, after its number, address and `at`.
fn symbol(text: &str) -> &str {
    let text = text.trim_start();
    let text = text.strip_prefix('#').unwrap_or(text);
    let (_, text) = split_number(text);
    let text = text.trim_start_matches([':', ' ']);
    let text = text.strip_prefix("0x").map_or(text, |text| {
        text.trim_start_matches(|letter: char| letter.is_ascii_hexdigit())
            .trim_start_matches([' ', '-'])
    });
    let text = ["at ", "in ", "async ", "new "]
        .iter()
        .fold(text, |text, word| text.strip_prefix(word).unwrap_or(text));
    // `java.base/java.lang.Thread.run`: the module stands before the class.
    match text.split_once('/') {
        Some((module, name)) if module.starts_with("java.") || module.starts_with("jdk.") => name,
        _ => text,
    }
}

fn is_at(text: &str) -> bool {
    // A sentence may start with `at` as well.
    text.strip_prefix("at ").is_some_and(|rest| {
        rest.contains(['(', ':', '/']) || rest.contains('.') && !rest.contains(' ')
    })
}

/// A path with a line, and often an offset: `/app/cart.go:17 +0x1d`.
fn is_go_place(line: &str) -> bool {
    line.trim_start_matches(' ').starts_with('\t')
        && line.split_once(".go:").is_some_and(|(_, rest)| {
            let (number, rest) = split_number(rest);
            !number.is_empty() && (rest.is_empty() || rest.starts_with(" +0x"))
        })
}

fn is_ruby(text: &str) -> bool {
    text.split_once(".rb:").is_some_and(|(_, rest)| {
        let (number, rest) = split_number(rest);
        !number.is_empty() && rest.starts_with(":in ")
    })
}

/// A function as backtraces of Rust spell it, perhaps behind its address.
fn is_symbol(text: &str) -> bool {
    let text = text.trim_start();
    let name = match text.split_once(" - ") {
        Some((address, name)) if address.starts_with("0x") => name,
        _ => text,
    };
    let is_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    name.contains("::") || !name.is_empty() && name.chars().all(is_name)
}

fn split_number(text: &str) -> (&str, &str) {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    text.split_at_checked(digits).unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_each_language_are_told_from_other_lines() {
        for line in [
            "\tat org.shop.Cart.add(Cart.java:17)",
            "    at add (/app/cart.js:17:3)",
            "    at /app/cart.js:17:3",
            "   at Shop.Cart.Add(Int32 n) in C:\\shop\\Cart.cs:line 17",
            "  File \"/app/cart.py\", line 17, in add",
            "\t/app/cart.go:17 +0x1d",
            "   3: shop::cart::add",
            "             at ./src/cart.rs:17:9",
            "  31:     0x7f230ee9f1f5 - start_thread",
            "#3  0x00005555 in add (n=1) at cart.c:17",
            "    #3 0x4f in add(int) /app/cart.cc:17:3",
            "#0 /app/cart.php(17): add()",
            "#1      Cart.add (package:shop/cart.dart:17:3)",
            "app/cart.rb:17:in 'Cart#add'",
            "3   libcart.dylib   0x00007fff9905167a add + 17",
        ] {
            assert!(is_frame(line), "{line}");
        }
        for line in [
            "at the end of the day",
            "    at last it works",
            "java.lang.IllegalStateException: empty",
            "# a heading",
            "12: twelve drummers drumming",
            "1   two three",
            "see cart.rb:17",
            "",
        ] {
            assert!(!is_frame(line), "{line}");
        }
    }

    #[test]
    fn code_of_the_program_is_told_from_code_of_libraries() {
        for line in [
            "\tat org.shop.Cart.add(Cart.java:17)",
            "    at add (/app/cart.js:17:3)",
            "  File \"/app/cart.py\", line 17, in add",
            "main.add(0x1)\n\t/home/ada/go/src/cart.go:17 +0x1d",
            "   3: shop::cart::add\n             at ./src/cart.rs:17:9",
            "    #3 0x4f in add(int) /app/cart.cc:17:3",
        ] {
            assert!(!is_library(line), "{line}");
        }
        for line in [
            "\tat java.base/java.lang.Thread.run(Thread.java:833)",
            "    at next (/app/node_modules/express/lib/router/index.js:256:14)",
            "    at Module._compile (node:internal/modules/cjs/loader:1554:14)",
            "  File \"/usr/lib/python3.12/json/__init__.py\", line 3, in loads",
            "net/http.(*conn).serve(0xc0)\n\t/usr/local/go/src/net/http/server.go:1746 +0xd0",
            "   1: core::panicking::panic\n             at /rustc/1/library/core/src/panicking.rs:1:5",
            "rack (2.0.3) lib/rack/runtime.rb:22:in `call'",
            "  at System.Threading.Thread.StartInternal () in <filename unknown>:0",
            "    #0 0x7f in __libc_start_main (/lib/x86_64-linux-gnu/libc.so.6+0x2a)",
        ] {
            assert!(is_library(line), "{line}");
        }
    }

    #[test]
    fn frames_that_differ_in_numbers_of_the_process_alone_have_one_key() {
        assert_eq!(
            key("#3  0x00005555 in add (n=1) at cart.c:17"),
            key("#12 0x00007777 in add (n=1) at cart.c:17")
        );
        assert_ne!(key("#3 f() a.c:1"), key("#3 f() a.c:2"));
    }
}
