//! What signatures cost: a key loaded for one signature, a loaded key, and a reproducible one.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use muster_certs::{InstanceKey, LoadedKeys, Seed, SigningMode};

/// About a RUM payload.
const MESSAGE: [u8; 1024] = [b'm'; 1024];

fn signing(c: &mut Criterion) {
    let key = |mode| InstanceKey::derive_with(&Seed::from_u64(1), 0, 0, mode);
    let mut group = c.benchmark_group("instance key");
    let fast = key(SigningMode::Fast);
    group.bench_function("public key", |b| b.iter(|| black_box(&fast).public_key()));
    group.bench_function("sign, fast", |b| b.iter(|| fast.sign(black_box(&MESSAGE))));
    group.bench_function("sign, fast, key loaded", |b| {
        let mut loaded = LoadedKeys::with_capacity(1);
        b.iter(|| fast.sign_with(black_box(&MESSAGE), &mut loaded));
    });
    let slow = key(SigningMode::Deterministic);
    group.bench_function("sign, deterministic", |b| b.iter(|| slow.sign(black_box(&MESSAGE))));
    let none = key(SigningMode::Placeholder);
    group.bench_function("sign, placeholder", |b| b.iter(|| none.sign(black_box(&MESSAGE))));
    group.bench_function("verify", |b| {
        let (public_key, signature) = (fast.public_key(), fast.sign(&MESSAGE));
        b.iter(|| public_key.verify(black_box(&MESSAGE), &signature));
    });
    group.finish();
}

criterion_group!(benches, signing);
criterion_main!(benches);
