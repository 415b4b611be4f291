//! What a balancer keeps in mind: who is idle, who was asked what and when, and whether the answer is right.
//!
//! No bytes are moved and no clock is read here: both come from `balancer.rs`, or from a test.
//!
//! The numbers that are asked for repeat after a few, so that all answers are known before the loop begins: a balancer that
//! computed as much as its service would measure itself.

use std::sync::LazyLock;

use workload::checksum::Checksum;
use workload::http::request::Request;
use workload::http::response::{OK, Response, body_of};
use workload::work;

use crate::failure::Failure;

/// How many different numbers are asked for.
const NUMBERS: u64 = 8;

/// What each number's answer is: its word, and the body that says it.
static ANSWERS: LazyLock<Vec<(u64, String)>> = LazyLock::new(|| {
    let answers = (0..NUMBERS).map(work::answer);
    answers.map(|word| (word, body_of(word))).collect()
});

/// The books of one balancer.
#[derive(Debug)]
pub(super) struct Ledger {
    connections: Vec<Connection>,
    /// Requests that nobody was asked yet.
    left: u32,
    /// The next number to be asked for.
    next: u64,
    /// Whether each request is its connection's last one.
    closes: bool,
    /// Of each answer since [`Ledger::begin`].
    latencies_ns: Vec<f64>,
}

/// One instance, as the balancer sees it.
#[derive(Clone, Debug, Default)]
struct Connection {
    /// `None` if it is idle.
    asked: Option<Asked>,
    /// Answers since [`Ledger::begin`].
    share: u32,
    /// Of every answer that it gave in its life.
    sum: Checksum,
}

#[derive(Clone, Copy, Debug)]
struct Asked {
    number: u64,
    at_ns: u64,
}

impl Ledger {
    pub fn new(instances: usize) -> Self {
        // Before the loop, not at its first answer.
        LazyLock::force(&ANSWERS);
        Self {
            connections: vec![Connection::default(); instances],
            left: 0,
            next: 0,
            closes: false,
            latencies_ns: Vec::new(),
        }
    }

    /// So many requests are to be made, and only those are counted; `closes` if each instance's next one is its last.
    pub fn begin(&mut self, requests: u32, closes: bool) {
        self.left = requests;
        self.closes = closes;
        self.latencies_ns = Vec::with_capacity(requests as usize);
        for connection in &mut self.connections {
            connection.share = 0;
        }
    }

    /// The next request for an instance, if it is idle and there is one; from now on it isn't.
    pub fn ask(&mut self, instance: usize, now_ns: u64) -> Option<String> {
        let connection = &mut self.connections[instance];
        if connection.asked.is_some() || self.left == 0 {
            return None;
        }
        let number = self.next;
        self.next = (number + 1) % NUMBERS;
        self.left -= 1;
        connection.asked = Some(Asked {
            number,
            at_ns: now_ns,
        });
        let closes = self.closes;
        Some(Request { number, closes }.to_text())
    }

    /// Looks at what an instance has said: how many bytes the answer has, 0 while its end is missing.
    ///
    /// # Errors
    /// When it is no answer, a wrong one, or one that nobody has asked for.
    pub fn take(&mut self, instance: usize, said: &[u8], now_ns: u64) -> Result<usize, Failure> {
        if said.is_empty() {
            return Ok(0);
        }
        let wrong = |what: &str| {
            let told = String::from_utf8_lossy(said);
            let told: String = told.chars().take(100).collect();
            Failure::Failed(format!(
                "instance {instance} of the service {what}: {told:?}"
            ))
        };
        let connection = &mut self.connections[instance];
        let Some(asked) = connection.asked else {
            return Err(wrong("said something unasked"));
        };
        let parsed = Response::parse(said).map_err(|_| wrong("said what isn't HTTP"))?;
        let Some((response, length)) = parsed else {
            return Ok(0);
        };
        let (word, body) = &ANSWERS[asked.number as usize];
        if response.status != OK.0 {
            return Err(wrong("refused"));
        }
        if response.body != body.as_bytes() || response.closes != self.closes {
            return Err(wrong("answered wrongly"));
        }
        connection.asked = None;
        connection.share += 1;
        connection.sum.add(*word);
        let latency_ns = now_ns.saturating_sub(asked.at_ns);
        self.latencies_ns.push(latency_ns as f64);
        Ok(length)
    }

    /// Whether an answer of this instance is due.
    pub fn is_due(&self, instance: usize) -> bool {
        self.connections[instance].asked.is_some()
    }

    /// Whether everything was asked and answered.
    pub fn is_over(&self) -> bool {
        self.left == 0 && self.connections.iter().all(|one| one.asked.is_none())
    }

    /// Of each answer, in the order in which they came.
    pub fn latencies_ns(&self) -> &[f64] {
        &self.latencies_ns
    }

    /// How many answers each instance gave.
    pub fn shares(&self) -> Vec<u32> {
        self.connections.iter().map(|one| one.share).collect()
    }

    /// Of every answer that an instance gave in its life, as it must say at its end.
    pub fn checksum(&self, instance: usize) -> u64 {
        self.connections[instance].sum.value()
    }
}

#[cfg(test)]
mod tests;
