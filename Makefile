# Each target is a short script that first installs what is missing (scripts/tools.sh).
.PHONY: help run test lint bench dist clean

help:
	@echo 'make run    the app with a local S3 server and three buckets (PORT=8080 S3_PORT=8333)'
	@echo 'make test   every test, headless; last line: N passed, N failed'
	@echo 'make lint   rustfmt and clippy, native and wasm; warnings are errors'
	@echo 'make bench  how fast and how large; also target/bench.json'
	@echo 'make dist   the release app in dist/ (CONNECT_SRC="https://s3.example" allows only that storage)'
	@echo 'make clean  remove what was built; tools and the demo'"'"'s data stay'

run:
	@scripts/run.sh

test:
	@scripts/test.sh

lint:
	@scripts/lint.sh

bench:
	@scripts/bench.sh

dist:
	@scripts/dist.sh

clean:
	rm -rf target dist
