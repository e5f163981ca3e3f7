# The front door. `make demo` and `make test` are all a new machine needs.
#   make demo [DATA=path/to/category]   build, fit, evaluate, write out/demo/report.html
#   make test                           build and run every test
#   make check                          format and clang-tidy
#   make bench                          speed beside that of PyTorch, ONNX Runtime and FAISS (half an hour); docs/performance.md
#   make install [PREFIX=/usr/local]

PRESET ?= release
BUILD  := build/$(PRESET)
PREFIX ?= /usr/local
VIGIE  := $(BUILD)/src/vigie/cli/vigie

.PHONY: demo test check bench build install clean deps-build deps-test deps-bench

demo: deps-build build
	scripts/demo.sh $(VIGIE) "$(DATA)"

test: deps-test
	cmake --preset $(PRESET) -DVIGIE_BUILD_TESTS=ON
	cmake --build --preset $(PRESET)
	scripts/run_tests.sh $(BUILD)

build:
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET) --target vigie

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

deps-build deps-test deps-bench: deps-%:
	scripts/install_dependencies.sh $*

clean:
	rm -rf build out
