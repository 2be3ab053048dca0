# Everything that is done with this project, by name. `make help` lists it.

CARGO_TEST := $(if $(shell command -v cargo-nextest),cargo nextest run,cargo test --lib --bins --tests)

.DEFAULT_GOAL := help
.PHONY: help run test tools lint advisories contracts coverage fuzz smoke drill drill-growth drill-processors drill-unprotected

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## build the server and serve from ./data at http://127.0.0.1:3002
	cargo run --release --package showrunner -- serve

test: tools lint ## everything that CI runs: lints, tests on both stores, short drills, examples in the documentation
	scripts/with-postgres.sh $(CARGO_TEST) --workspace
	cargo test --workspace --doc

tools: ## find what the tests need, or install it
	scripts/tools.sh

lint: ## formatting, clippy, and what may come in from outside
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- --deny warnings
	@if cargo deny --version >/dev/null 2>&1; then cargo deny check licenses bans sources; \
	else echo 'Licences, bans and sources are NOT checked here. To have that: cargo install --locked cargo-deny'; fi

advisories: ## known vulnerabilities of what is in Cargo.lock (needs the network and cargo-deny)
	cargo deny check advisories

contracts: ## write anew what is generated in docs: contracts, which tests compare with the code, and pictures
	cargo test --quiet --package showrunner-http --test api -- --ignored written_anew
	cargo test --quiet --package showrunner --test product -- --ignored written_anew

fuzz: FUZZ_SECONDS ?= 240
fuzz: tools ## ask the server, by Schemathesis, whether it does what docs/openapi.json says; FUZZ_SECONDS for six runs in all
	scripts/with-postgres.sh scripts/schemathesis.sh $(FUZZ_SECONDS)

coverage: tools ## how many lines the tests run: 90 % of the domain's and 85 % of all, or it fails (needs cargo-llvm-cov)
	scripts/with-postgres.sh scripts/coverage.sh

smoke: URL ?= http://127.0.0.1:3002
smoke: ## try out the server that runs at URL, with an administrator's token in SHOWRUNNER_TOKEN
	@scripts/smoke.sh $(URL)

drill: tools ## the long drills, with the figures that the product promises
	scripts/with-postgres.sh cargo test --release --package showrunner --test product -- --ignored --nocapture --test-threads 1

drill-growth: tools ## what 1,000,000 episodes cost beside 10,000, on both stores
	scripts/with-postgres.sh cargo test --release --package showrunner-store --test contract -- growth --ignored --nocapture --test-threads 1

drill-processors: ## pictures are the same bytes on processors without this one's vector instructions (needs qemu-user)
	scripts/drill-processors.sh

drill-unprotected: tools ## each protection removed once: every drill must notice
	scripts/with-postgres.sh scripts/drill-unprotected.sh
