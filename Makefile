.DEFAULT_GOAL := help
# Also under -j: `make stop run` would start what it stops.
.NOTPARALLEL:
.PHONY: help run stop test check interop interop-extra faults bench build dist newest manual pictures recording fmt clean

help: ## Prints this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 22

run: ## Brings up ZooKeeper, if none answers, and the example cluster of conf/
	@tools/run.sh start

stop: ## Stops the cluster, and ZooKeeper if this installation started it
	@tools/run.sh stop

test: ## Format, lint, types, and all tests; real ZooKeeper servers and the scripts too
	@tools/test.sh

check: ## The fast part of the tests: all but what takes Java, other programs or minutes
	@tools/test.sh --fast

interop: ## Tests against Kazoo, Curator and Apache's clients, on Apache's server and on ours
	@tools/interop.sh

interop-extra: ## Real Hadoop, S3 servers, more clients; needs Maven and a JDK, Go, Node, Python and their registries
	@tools/interop_extra_hdfs.sh
	@tools/interop_extra_s3.sh
	@tools/interop_extra_zookeeper.sh

faults: build ## The fault campaign: kills, darkness, freezes, restarts; takes more than an hour
	@tools/faults.sh

bench: build ## Benchmarks beside other ZooKeeper clients and Apache's server
	@tools/bench.sh

build: ## Builds the binary dist/masterd
	@tools/build.sh

dist: ## Packs dist/masterd-VERSION-linux-x86_64.tar.gz, all that a host needs
	@tools/dist.sh

newest: ## Types and unit tests under the newest Deno
	@tools/newest.sh

manual: ## Writes what of docs is made from the code: the man page, the table of configuration keys
	@tools/deno.sh run --allow-all --no-check tools/manual.ts

pictures: ## Writes the pictures of the page in docs/pictures anew; needs Chromium
	@tools/apt.sh chromium=chromium
	@mkdir -p docs/pictures
	@tools/deno.sh run --no-check --allow-all tools/pictures.ts docs/pictures

recording: build ## Writes the recording of README.md anew: a cluster and its failover on a terminal
	@tools/recording.sh

fmt: ## Formats the sources
	@tools/deno.sh fmt

clean: ## Removes what was built and downloaded; data, logs and pid files stay
	rm -rf dist .cache .tools
