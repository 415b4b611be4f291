//! Rust's standard library: collections, formatting, input, time, panics. Needs no crates; compiled by the test.

use std::collections::{BTreeMap, HashMap};
use std::io::{BufRead, Write};
use std::time::{Duration, Instant};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    println!("arguments {arguments:?}");
    println!("variables {}", std::env::var("NO_SUCH_VARIABLE").is_ok());

    // A hash map asks for random keys; its order differs, so it is sorted.
    let words = "the quick brown fox jumps over the lazy dog the end";
    let mut counts = HashMap::new();
    for word in words.split(' ') {
        *counts.entry(word).or_insert(0) += 1;
    }
    println!("{:?}", counts.into_iter().collect::<BTreeMap<_, _>>());

    let mut numbers: Vec<u64> = (0..200_000u64)
        .map(|n| n.wrapping_mul(0x9e37_79b9_7f4a_7c15))
        .collect();
    numbers.sort_unstable();
    println!("median {}", numbers[numbers.len() / 2]);

    let lines: Vec<String> = std::io::stdin()
        .lock()
        .lines()
        .map(Result::unwrap)
        .collect();
    println!(
        "{} lines, longest {:?}",
        lines.len(),
        lines.iter().map(String::len).max()
    );

    let start = Instant::now();
    std::thread::sleep(Duration::from_millis(5));
    println!("slept {}", start.elapsed() >= Duration::from_millis(5));

    let caught = std::panic::catch_unwind(|| {
        std::panic::set_hook(Box::new(|_| {}));
        let empty: Vec<u8> = Vec::new();
        empty[arguments.len()]
    });
    println!("caught {}", caught.is_err());
    std::io::stdout().flush().unwrap();
    std::process::exit(17);
}
