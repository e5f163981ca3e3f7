#include "vigie/search/approximate.h"

#include <dlfcn.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <faiss/IndexIVFFlat.h>
#include <faiss/IndexIVFPQ.h>
#include <omp.h>

#include <algorithm>
#include <cmath>

#include "vigie/core/error.h"
#include "vigie/core/threads.h"
#include "vigie/core/waiting.h"
#include "vigie/search/distance.h"
#include "vigie/search/top_k.h"

namespace vigie {

namespace {

constexpr std::int64_t kProbes = 8;
constexpr std::int64_t kIterations = 10;
constexpr std::int64_t kMostCodeBytes = 64;
constexpr std::int64_t kLinks = 32;
constexpr int kSearched = 64;  // rows kept in view while walking the graph
constexpr std::int64_t kHeldOut = 256;
constexpr std::int64_t kMeasuredPerNeighbour = 32;  // Pq: its own order is rough

/// OpenBLAS brings a thread pool of its own; on one thread it neither oversubscribes nor changes its sums.
void keep_blas_on_one_thread() {
  using Setter = void (*)(int);
  static const auto set = reinterpret_cast<Setter>(dlsym(RTLD_DEFAULT, "openblas_set_num_threads"));
  if (set != nullptr) set(1);
}

/// FAISS takes the calling thread's OpenMP setting; this one lives as long as the call.
class FaissThreads {
 public:
  explicit FaissThreads(int threads) : before_(omp_get_max_threads()) {
    omp_set_num_threads(threads);
    choose_waiting();
    keep_blas_on_one_thread();
  }
  ~FaissThreads() { omp_set_num_threads(before_); }
  FaissThreads(const FaissThreads&) = delete;
  FaissThreads& operator=(const FaissThreads&) = delete;

 private:
  int before_;
};

std::int64_t code_bytes(std::int64_t dims) {
  std::int64_t bytes = std::min(kMostCodeBytes, dims);
  while (dims % bytes != 0) --bytes;
  return bytes;
}

std::unique_ptr<faiss::Index> make_index(ApproximateKind kind, std::int64_t rows, std::int64_t dims) {
  const int d = static_cast<int>(dims);
  if (kind == ApproximateKind::Hnsw) {
    auto graph = std::make_unique<faiss::IndexHNSWFlat>(d, kLinks);
    graph->hnsw.efSearch = kSearched;
    return graph;
  }
  const auto lists = static_cast<std::size_t>(std::sqrt(static_cast<double>(rows)));
  auto* centres = new faiss::IndexFlatL2(d);
  std::unique_ptr<faiss::IndexIVF> index;
  if (kind == ApproximateKind::Ivf) {
    index = std::make_unique<faiss::IndexIVFFlat>(centres, d, lists);
  } else {
    auto pq = std::make_unique<faiss::IndexIVFPQ>(centres, d, lists, static_cast<std::size_t>(code_bytes(dims)), 8);
    pq->pq.cp.niter = kIterations;
    pq->pq.cp.min_points_per_centroid = 1;
    pq->use_precomputed_table = -1;  // it would take lists · 64 · 1 kB
    index = std::move(pq);
  }
  index->own_fields = true;
  index->cp.niter = kIterations;
  index->cp.max_points_per_centroid = 64;
  index->cp.min_points_per_centroid = 1;
  index->nprobe = kProbes;
  return index;
}

template <typename Call>
auto guarded(const Call& call) {
  try {
    return call();
  } catch (const faiss::FaissException& error) {
    fail(ErrorKind::Internal, "ApproximateNeighbours", "FAISS: {}", error.what());
  }
}

}  // namespace

class ApproximateNeighbours::Impl {
 public:
  Impl(Tensor bank, ApproximateKind kind) : bank_(std::move(bank)), kind_(kind) {
    VIGIE_CHECK(bank_.rank() == 2 && bank_.dim(1) > 0, "ApproximateNeighbours", "bank must be [M D], got {}",
                to_string(bank_.shape()));
    VIGIE_CHECK(bank_.dim(0) >= kSmallestBank, "ApproximateNeighbours",
                "a bank of {} rows is too small to be searched approximately (at least {}); use exact search",
                bank_.dim(0), kSmallestBank);
    guarded([&] { build(); });
  }

  Neighbours search(const Tensor& queries, std::int64_t k) const;
  const Tensor& bank() const { return bank_; }
  double recall() const { return recall_; }

 private:
  void build();
  void add(std::int64_t begin, std::int64_t end);
  double measure_recall(const std::vector<std::int64_t>& held_out) const;
  void measure(const float* query, const std::int64_t* found, std::int64_t count, TopK& best) const;

  Tensor bank_;
  ApproximateKind kind_;
  std::unique_ptr<faiss::Index> index_;
  std::vector<std::int64_t> row_of_;  ///< of FAISS's numbers, which follow the order of adding
  double recall_ = 0;
};

/// Every M / 256-th row waits until the others are in, and serves as a query to them.
void ApproximateNeighbours::Impl::build() {
  const std::int64_t rows = bank_.dim(0), dims = bank_.dim(1);
  // A graph built by several threads depends on their timing; searches do not.
  const FaissThreads threads(kind_ == ApproximateKind::Hnsw ? 1 : thread_budget());
  index_ = make_index(kind_, rows, dims);
  index_->train(rows, bank_.data<float>());
  std::vector<std::int64_t> held_out;
  const std::int64_t count = std::min(kHeldOut, rows / 8);
  for (std::int64_t i = 0; i < count; ++i) held_out.push_back(i * rows / count);
  for (std::int64_t i = 0; i < count; ++i) add(held_out[i] + 1, i + 1 < count ? held_out[i + 1] : rows);
  recall_ = measure_recall(held_out);
  for (const std::int64_t row : held_out) add(row, row + 1);
}

void ApproximateNeighbours::Impl::add(std::int64_t begin, std::int64_t end) {
  if (begin == end) return;
  index_->add(end - begin, bank_.data<float>() + begin * bank_.dim(1));
  for (std::int64_t row = begin; row < end; ++row) row_of_.push_back(row);
}

double ApproximateNeighbours::Impl::measure_recall(const std::vector<std::int64_t>& held_out) const {
  const auto count = static_cast<std::int64_t>(held_out.size());
  const std::int64_t dims = bank_.dim(1);
  Tensor queries({count, dims});
  for (std::int64_t i = 0; i < count; ++i)
    std::copy_n(bank_.data<float>() + held_out[i] * dims, dims, queries.data<float>() + i * dims);
  // The nearest that is not held out itself; all others might lie nearer.
  const Neighbours exact = NearestNeighbours(bank_, {Precision::Int8, false}).search(queries, count + 1);
  const Neighbours found = search(queries, 1);
  std::int64_t hits = 0;
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t* nearest = exact.indices.data<std::int64_t>() + i * (count + 1);
    const auto* true_one = std::find_if(nearest, nearest + count + 1, [&](std::int64_t row) {
      return !std::binary_search(held_out.begin(), held_out.end(), row);
    });
    if (*true_one == found.indices.data<std::int64_t>()[i]) ++hits;
  }
  return static_cast<double>(hits) / static_cast<double>(count);
}

/// Offers what FAISS found for one query, and every row when that is too little (lists with few rows).
void ApproximateNeighbours::Impl::measure(const float* query, const std::int64_t* found, std::int64_t count,
                                          TopK& best) const {
  const std::int64_t dims = bank_.dim(1);
  const auto offer = [&](std::int64_t row) {
    best.offer({squared_distance(query, bank_.data<float>() + row * dims, dims), row});
  };
  for (std::int64_t i = 0; i < count; ++i)
    if (found[i] >= 0) offer(row_of_[found[i]]);
  if (best.full()) return;
  for (const std::int64_t row : row_of_) offer(row);
}

Neighbours ApproximateNeighbours::Impl::search(const Tensor& queries, std::int64_t k) const {
  const std::int64_t rows = bank_.dim(0), dims = bank_.dim(1);
  VIGIE_CHECK(queries.rank() == 2 && queries.dim(1) == dims, "ApproximateNeighbours",
              "queries {} do not fit the bank {}", to_string(queries.shape()), to_string(bank_.shape()));
  VIGIE_CHECK(k >= 1 && k <= rows, "ApproximateNeighbours", "K must be from 1 to {} (rows of the bank), got {}", rows,
              k);
  const std::int64_t count = queries.dim(0);
  const std::int64_t wanted =
      std::min<std::int64_t>(kind_ == ApproximateKind::Pq ? k * kMeasuredPerNeighbour : k, index_->ntotal);
  std::vector<std::int64_t> found(static_cast<std::size_t>(count * wanted));
  std::vector<float> distances(found.size());
  guarded([&] {
    const FaissThreads threads(thread_budget());
    index_->search(count, queries.data<float>(), wanted, distances.data(), found.data());
  });
  Neighbours out{Tensor({count, k}), Tensor({count, k}, DType::I64)};
  parallel_for(
      count,
      [&](std::int64_t q) {
        TopK best(k, dims);
        measure(queries.data<float>() + q * dims, found.data() + q * wanted, wanted, best);
        for (std::int64_t j = 0; j < k; ++j) {
          out.distances.data<float>()[q * k + j] = std::sqrt(best.rows()[j].squared);
          out.indices.data<std::int64_t>()[q * k + j] = best.rows()[j].row;
        }
      },
      16);
  return out;
}

ApproximateNeighbours::ApproximateNeighbours(Tensor bank, ApproximateKind kind)
    : impl_(std::make_unique<Impl>(std::move(bank), kind)) {}
ApproximateNeighbours::~ApproximateNeighbours() = default;
ApproximateNeighbours::ApproximateNeighbours(ApproximateNeighbours&&) noexcept = default;
ApproximateNeighbours& ApproximateNeighbours::operator=(ApproximateNeighbours&&) noexcept = default;

Neighbours ApproximateNeighbours::search(const Tensor& queries, std::int64_t k) const {
  return impl_->search(queries, k);
}
const Tensor& ApproximateNeighbours::bank() const {
  return impl_->bank();
}
double ApproximateNeighbours::recall() const {
  return impl_->recall();
}
bool ApproximateNeighbours::available() {
  return true;
}

}  // namespace vigie
