//! Counts since the run began.

use muster_journal::load::Traffic;

use super::{ConnectionUse, Failure, Sample, StepKind};

/// Counts since the run began, of one shard or of several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests sent again after a failure.
    pub retries: u64,
    /// Bytes and connections.
    pub traffic: Traffic,
    /// By kind of step: good ones and failed ones.
    steps: [[u64; 2]; StepKind::COUNT],
    failures: [u64; Failure::COUNT],
}

impl Totals {
    pub(super) fn take(&mut self, sample: &Sample) {
        self.steps[sample.step as usize][usize::from(sample.failure.is_some())] += 1;
        if let Some(cause) = sample.failure {
            self.failures[cause as usize] += 1;
        }
        self.retries += u64::from(sample.is_retry);
        let traffic = &mut self.traffic;
        traffic.bytes_sent += u64::from(sample.bytes_sent);
        traffic.bytes_received += u64::from(sample.bytes_received);
        match sample.connection {
            ConnectionUse::Plain => traffic.connections += 1,
            ConnectionUse::FullHandshake => {
                traffic.connections += 1;
                traffic.handshakes_full += 1;
            }
            ConnectionUse::ResumedHandshake => {
                traffic.connections += 1;
                traffic.handshakes_resumed += 1;
            }
            ConnectionUse::Reused => traffic.reused += 1,
            ConnectionUse::None => {}
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        let Self { retries, traffic, steps, failures } = self;
        *retries += other.retries;
        let Traffic {
            bytes_sent,
            bytes_received,
            connections,
            handshakes_full,
            handshakes_resumed,
            reused,
        } = &other.traffic;
        traffic.bytes_sent += bytes_sent;
        traffic.bytes_received += bytes_received;
        traffic.connections += connections;
        traffic.handshakes_full += handshakes_full;
        traffic.handshakes_resumed += handshakes_resumed;
        traffic.reused += reused;
        let counts = steps.as_flattened_mut().iter_mut().chain(failures);
        let others = other.steps.as_flattened().iter().chain(&other.failures);
        counts.zip(others).for_each(|(count, other)| *count += other);
    }

    /// Exchanges that ended, good or not.
    pub fn exchanges(&self) -> u64 {
        self.steps.as_flattened().iter().sum()
    }

    /// Of those, failed.
    pub fn errors(&self) -> u64 {
        self.steps.iter().map(|[_, failed]| failed).sum()
    }

    /// Exchanges of one kind: good ones and failed ones.
    pub fn of(&self, step: StepKind) -> (u64, u64) {
        let [good, failed] = self.steps[step as usize];
        (good, failed)
    }

    /// Failed exchanges by cause, zeros included.
    pub fn failures(&self) -> impl Iterator<Item = (Failure, u64)> {
        Failure::ALL.into_iter().zip(self.failures)
    }
}
