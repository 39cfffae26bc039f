# All of CI, as CI runs it.
check:
    .ci/run

# Formats everything, the checks included: cargo fmt does not see files that only build.rs names.
fmt:
    cargo fmt --all && rustfmt --edition 2024 --config-path . conformance/src/checks/*/*.rs sim/server/src/defects/*/*.rs

lint:
    cargo clippy --workspace --all-targets -- -D warnings

test:
    cargo test --workspace

# Accepts every snapshot; read the diff before you commit it.
snap:
    INSTA_UPDATE=always cargo test --workspace

# Kills a server with a state file twenty times under a fleet and looks for what is lost.
crash-test:
    MUSTER_CRASH_ROUNDS=20 cargo test --test cli -- --nocapture survives_a_kill

bench:
    cargo bench --workspace

# Side by side with the load generators this machine has; writes benches/RESULTS.md.
bench-peers:
    cargo build --release && cargo bench --bench peers

# Third parties try it: a parser reads every show text, published clients and a schema-based tester call
# the REST APIs. Installs them, about 1 GB, under target/.
interop: interop-show interop-rest

interop-show:
    python3 -m venv target/interop && target/interop/bin/pip install -q pyats==26.9 genie==26.9
    target/interop/bin/python tests/interop/genie.py

interop-rest:
    python3 -m venv target/interop-rest && target/interop-rest/bin/pip install -q schemathesis==4.32.5 mCSSMapi==0.2
    npm install --silent --prefix target/interop-rest newman@6.2.2
    cargo build --release
    target/interop-rest/bin/python tests/interop/rest.py target/release/muster target/interop-rest/node_modules/.bin/newman

deny:
    cargo deny check && typos

# What the documents leave open, and what was assumed.
assumed:
    grep -rn "Assumed:" --include=*.rs --include=*.toml --exclude-dir=target .
