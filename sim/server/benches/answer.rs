//! What one answer costs in memory, without sockets: trust, a signed report, polls.

#![expect(clippy::unwrap_used, reason = "a bench that cannot be set up ends")]

mod instance;

use std::hint::black_box;

use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use muster_server::{Listener, Server, ServerRequest, SigningMode};

use instance::{CSLU, Instance, RECEIVER, line_status, poll_id, server};

/// Instances the store holds while it is measured.
const INSTANCES: usize = 2_000;

fn post(server: &Server, path: &str, body: &[u8]) -> Vec<u8> {
    let request = ServerRequest { method: "POST", path_and_query: path, headers: &[], body };
    server.answer(Listener::ProductHttps, request).body
}

fn trusted(server: &Server) -> Vec<Instance> {
    let mut instances: Vec<_> = (0..INSTANCES as u64).map(Instance::new).collect();
    for instance in &mut instances {
        let answer = post(server, RECEIVER, &instance.trust(1));
        assert_eq!(line_status(&answer), "COMPLETE");
    }
    instances
}

fn answers(criterion: &mut Criterion) {
    for (name, signing) in
        [("fast", SigningMode::Fast), ("deterministic", SigningMode::Deterministic)]
    {
        let server = server(signing);
        let mut instances = trusted(&server);
        let mut group = criterion.benchmark_group(name);
        let mut turn = 0;
        let mut next = || {
            turn = (turn + 1) % INSTANCES;
            turn
        };
        group.bench_function("usage", |bencher| {
            bencher.iter_batched(
                || instances[next()].usage(1),
                |body| black_box(post(&server, CSLU, &body)),
                BatchSize::LargeInput,
            );
        });
        let promised: Vec<_> = instances
            .iter_mut()
            .map(|instance| poll_id(&post(&server, CSLU, &instance.usage(1))))
            .collect();
        let early = instances[0].poll(&promised[0]);
        assert_eq!(line_status(&post(&server, CSLU, &early)), "OK_POLL");
        group.bench_function("poll_early", |bencher| {
            bencher.iter_batched(
                || {
                    let at = next();
                    instances[at].poll(&promised[at])
                },
                |body| black_box(post(&server, CSLU, &body)),
                BatchSize::LargeInput,
            );
        });
        server.advance_clock(60_000);
        let due = instances[0].poll(&promised[0]);
        assert_eq!(line_status(&post(&server, CSLU, &due)), "COMPLETE");
        group.bench_function("poll_complete", |bencher| {
            bencher.iter_batched(
                || {
                    let at = next();
                    instances[at].poll(&promised[at])
                },
                |body| black_box(post(&server, CSLU, &body)),
                BatchSize::LargeInput,
            );
        });
        let mut trust_ids = vec![1; instances.len()];
        group.bench_function("trust", |bencher| {
            bencher.iter_batched(
                || {
                    let at = next();
                    trust_ids[at] += 1;
                    instances[at].trust(trust_ids[at])
                },
                |body| black_box(post(&server, RECEIVER, &body)),
                BatchSize::LargeInput,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, answers);
criterion_main!(benches);
