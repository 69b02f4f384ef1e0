# Chokepoint. `make` alone builds and tests; nothing here is needed to do so:
#   go run ./cmd/chokepoint demo
#   go test ./...

GO ?= go
BIN ?= bin
PROGRAMS := chokepoint ingestor screener notifier

# Static, without paths of the machine that built them, without debug tables.
BUILD_FLAGS := -trimpath -ldflags "-s -w"

# Where goroutines share something. .ci/run runs the same list.
RACE_PACKAGES := $(shell cat .ci/race-packages)

# Settings of `make bench`; EVENTS=100000 make bench
EVENTS ?= 20000
DURABILITY ?= interval

.PHONY: all build sizes test race fuzz lint demo bench ci clean

all: build test

build:
	@mkdir -p $(BIN)
	CGO_ENABLED=0 $(GO) build $(BUILD_FLAGS) -o $(BIN)/ $(addprefix ./cmd/,$(PROGRAMS))

# How large each program is, in bytes.
sizes: build
	@cd $(BIN) && wc -c $(PROGRAMS)

test:
	$(GO) test ./...

race:
	$(GO) test -race $(RACE_PACKAGES)

# Every fuzz test for FUZZ_TIME each.
FUZZ_TIME ?= 20s
fuzz:
	@grep -rl --include='*_test.go' '^func Fuzz' pkg cmd | while read -r file; do \
		sed -n 's/^func \(Fuzz[A-Za-z0-9_]*\)(.*/\1/p' "$$file" | while read -r name; do \
			echo "== $$name in $$(dirname "$$file")"; \
			$(GO) test -run '^$$' -fuzz "^$$name\$$" -fuzztime $(FUZZ_TIME) "./$$(dirname "$$file")" || exit 1; \
		done || exit 1; \
	done

lint:
	@test -z "$$(gofmt -l cmd pkg deploy)" || { gofmt -l cmd pkg deploy; echo 'run gofmt -w on these'; exit 1; }
	$(GO) vet ./...
	golangci-lint run

demo:
	$(GO) run ./cmd/chokepoint demo

bench:
	$(GO) run ./cmd/chokepoint bench pipeline --events $(EVENTS) --durability $(DURABILITY)

ci:
	.ci/run

clean:
	rm -rf $(BIN)
