//! What one message costs: the request of a reporting product instance, and its answer.
//!
//! At 50,000 instances that report daily a core has about 1.7 s per instance, so the codec is never
//! the limit; it is measured because load profiles compress days into minutes.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use muster_wire::Artefact;
use muster_wire::artefact::to_smart_license;
use muster_wire::transport::smart::SmartRequest;
use muster_wire::transport::smart_answer::SmartAnswer;
use muster_wire::usage_file::UsageFile;

const REQUEST: &[u8] = include_bytes!("../tests/vectors/request_license_usage.json");
const ANSWER: &[u8] = include_bytes!("../tests/vectors/answer_acknowledged.json");

fn usage_request(c: &mut Criterion) {
    let request = SmartRequest::decode(REQUEST).expect("the vector decodes");
    let smart_license =
        request.license_data[0].smart_license.clone().expect("the vector carries reports");
    let Ok(Artefact::Usage(usage)) = Artefact::from_smart_license(&smart_license) else {
        panic!("the vector carries a usage file");
    };
    let mut group = c.benchmark_group("request with usage file");
    group.throughput(Throughput::Bytes(REQUEST.len() as u64));
    group.bench_function("encode", |b| b.iter(|| encode_request(black_box(&request), &usage)));
    group.bench_function("decode", |b| b.iter(|| decode_request(black_box(REQUEST))));
    group.finish();
}

fn encode_request(request: &SmartRequest, usage: &UsageFile) -> Vec<u8> {
    let mut request = request.clone();
    request.license_data[0].smart_license = Some(to_smart_license(&usage.encode()));
    request.encode()
}

fn decode_request(bytes: &[u8]) -> usize {
    let request = SmartRequest::decode(bytes).expect("the vector decodes");
    let text = request.license_data[0].smart_license.as_deref().unwrap_or_default();
    let Ok(Artefact::Usage(usage)) = Artefact::from_smart_license(text) else { return 0 };
    usage.reports.iter().filter(|report| report.payload().is_ok()).count()
}

fn acknowledged_answer(c: &mut Criterion) {
    let answer = SmartAnswer::decode(ANSWER).expect("the vector decodes");
    let mut group = c.benchmark_group("answer with acknowledgement");
    group.throughput(Throughput::Bytes(ANSWER.len() as u64));
    group.bench_function("encode", |b| b.iter(|| black_box(&answer).encode()));
    group.bench_function("decode", |b| {
        b.iter(|| {
            let answer = SmartAnswer::decode(black_box(ANSWER)).expect("the vector decodes");
            let text = answer.license_data[0].smart_license.as_deref().unwrap_or_default();
            Artefact::from_smart_license(text)
        });
    });
    group.finish();
}

criterion_group!(benches, usage_request, acknowledged_answer);
criterion_main!(benches);
