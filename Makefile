# The front door. `make demo` and `make test` are all a new machine needs.
#   make demo [DATA=path/to/category]   build, fit, evaluate, write out/demo/report.html
#   make test                           build and run every test
#   make check                          format and clang-tidy
#   make bench                          speed beside that of PyTorch, ONNX Runtime and FAISS (half an hour); docs/performance.md
#   make install [PREFIX=/usr/local]

PRESET ?= release
BUILD  := build/$(PRESET)
PREFIX ?= /usr/local

.PHONY: demo test check bench build build-demo install clean deps-demo deps-build deps-test deps-bench

demo: deps-demo build-demo
	scripts/demo.sh build/demo/src/vigie/cli/vigie "$(DATA)"

test: deps-test
	cmake --preset $(PRESET) -DVIGIE_BUILD_TESTS=ON
	cmake --build --preset $(PRESET)
	scripts/run_tests.sh $(BUILD)

build:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) --target vigie

# Without what the demo never runs: training, approximate search, tests.
build-demo:
	cmake --preset demo
	cmake --build --preset demo --target vigie

check:
	scripts/install_dependencies.sh check
	scripts/check.sh

bench: deps-bench
	cmake --preset $(PRESET) -DVIGIE_BUILD_BENCHMARKS=ON
	cmake --build --preset $(PRESET) --target vigie vigie_bench vigie_compare vigie_metrics_bench
	scripts/bench.sh $(BUILD)

install: deps-build
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET)
	cmake --install $(BUILD) --prefix $(PREFIX)

deps-demo deps-build deps-test deps-bench: deps-%:
	scripts/install_dependencies.sh $*

clean:
	rm -rf build out
