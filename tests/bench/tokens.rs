//! Speed of counting, next to the two crates that the counts are compared with, in one run on one input.
//!
//! Before the measurements it prints what a fresh process pays for its first count, in time and in resident memory.
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a bench prints, stops when something is amiss, and knows its own program"
)]

use std::fmt::Write as _;
use std::hint::black_box;
use std::process::Command;
use std::time::Instant;

use criterion::{Criterion, Throughput, criterion_group};
use mrconductor::tokens::{Encoding, count};

/// Bytes of each input: more than fits a second-level cache.
const INPUT_BYTES: usize = 2_000_000;

/// The argument by which the bench starts itself to measure a first count.
const FIRST_COUNT: &str = "--first-count";

criterion_group!(benches, counting);

fn main() {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some(FIRST_COUNT) {
        return first_count(&arguments.next().unwrap());
    }
    for program in ["none", "mrconductor", "tiktoken", "bpe-openai"] {
        let output = Command::new(std::env::current_exe().unwrap())
            .args([FIRST_COUNT, program])
            .output()
            .unwrap();
        print!("{}", String::from_utf8_lossy(&output.stdout));
    }
    benches();
    Criterion::default().configure_from_args().final_summary();
}

/// Counts once in this fresh process, then the whole source file, and prints what each took.
fn first_count(program: &str) {
    let text = include_str!("../../src/tokens/tests.rs");
    let tokens: fn(&str) -> usize = match program {
        "mrconductor" => |text| count(Encoding::O200k, text),
        "tiktoken" => |text| tiktoken::get_encoding("o200k_base").unwrap().count(text),
        "bpe-openai" => |text| bpe_openai::o200k_base().count(text),
        _ => |_| 0,
    };
    let start = Instant::now();
    black_box(tokens("The first count of this process."));
    let first = start.elapsed();
    black_box(tokens(text));
    println!(
        "first count, {program}: {first:?}, {} KiB resident after {} bytes",
        resident_kib(),
        text.len()
    );
}

/// Returns the resident size of this process, or 0 where the system does not tell it in `/proc`.
fn resident_kib() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok())
        .unwrap_or(0)
}

fn counting(criterion: &mut Criterion) {
    let others = [
        (Encoding::O200k, bpe_openai::o200k_base()),
        (Encoding::Cl100k, bpe_openai::cl100k_base()),
    ];
    for (kind, text) in [("log", log()), ("json", json()), ("code", code())] {
        for (encoding, bpe) in &others {
            let tiktoken = tiktoken::get_encoding(encoding.name()).unwrap();
            let mut group = criterion.benchmark_group(format!("{} {kind}", encoding.name()));
            group
                .throughput(Throughput::Bytes(text.len() as u64))
                .sample_size(10);
            group.bench_function("mrconductor", |bench| {
                bench.iter(|| count(*encoding, black_box(&text)));
            });
            group.bench_function("tiktoken", |bench| {
                bench.iter(|| tiktoken.count(black_box(&text)));
            });
            group.bench_function("bpe-openai", |bench| {
                bench.iter(|| bpe.count(black_box(text.as_str())));
            });
            group.finish();
        }
    }
}

/// Lines of a server's log: times, ids and addresses differ, words come back.
fn log() -> String {
    let mut text = String::new();
    let mut number = 17_u32;
    while text.len() < INPUT_BYTES {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let (minute, second, shard) = (number >> 26, (number >> 20) % 60, number % 97);
        writeln!(
            text,
            "2026-03-14T09:{minute:02}:{second:02}.{:03}Z INFO [worker-{shard}] request {number:08x} from 10.0.{shard}.{} took {} ms",
            number % 1_000,
            number >> 24,
            number >> 22,
        )
        .unwrap();
    }
    text
}

/// Records as an interface returns them.
fn json() -> String {
    let mut text = String::from("[");
    let mut number = 42_u32;
    while text.len() < INPUT_BYTES {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        write!(
            text,
            "{{\n  \"id\": {number},\n  \"sha\": \"{:08x}{:08x}\",\n  \"title\": \"Größe {} ändern – 設定\",\n  \"open\": {},\n  \"url\": \"https://example.org/issues/{}\"\n}},\n",
            number.rotate_left(7),
            number.rotate_left(13),
            number % 300,
            number & 1 == 0,
            number >> 20,
        )
        .unwrap();
    }
    text
}

/// The project's own source, as often as it takes.
fn code() -> String {
    let sources = concat!(
        include_str!("../../src/tokens/merge.rs"),
        include_str!("../../src/tokens/split.rs"),
        include_str!("../../src/store/mod.rs"),
        include_str!("../../scripts/token_tables.rs"),
        include_str!("../it/harness.rs"),
    );
    sources.repeat(INPUT_BYTES.div_ceil(sources.len()))
}
