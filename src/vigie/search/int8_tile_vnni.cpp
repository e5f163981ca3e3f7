#include "vigie/search/int8_tile.h"

#include <immintrin.h>

#include <cstring>

namespace vigie {

// Per function, so that the rest of the program still runs on processors without it.
#define VIGIE_VNNI __attribute__((target("avx512f,avx512bw,avx512vnni,fma")))

namespace {

/// One query's products with 64 rows, or the codes of 64 rows: 16 lanes each.
struct Lanes {
  __m512i a, b, c, d;
};

VIGIE_VNNI inline Lanes load(const void* from) {
  const char* bytes = static_cast<const char*>(from);
  return {_mm512_loadu_si512(bytes), _mm512_loadu_si512(bytes + 64), _mm512_loadu_si512(bytes + 128),
          _mm512_loadu_si512(bytes + 192)};
}

VIGIE_VNNI inline void accumulate(Lanes& sums, const std::uint8_t* query, const Lanes& rows) {
  std::int32_t four;
  std::memcpy(&four, query, sizeof four);
  const __m512i codes = _mm512_set1_epi32(four);
  sums.a = _mm512_dpbusd_epi32(sums.a, codes, rows.a);
  sums.b = _mm512_dpbusd_epi32(sums.b, codes, rows.b);
  sums.c = _mm512_dpbusd_epi32(sums.c, codes, rows.c);
  sums.d = _mm512_dpbusd_epi32(sums.d, codes, rows.d);
}

/// Which of 16 rows are kept; constant, weight and reach of one query in all lanes.
struct Bound {
  __m512 constant, weight, reach;
};

VIGIE_VNNI inline std::uint64_t kept(__m512i products, const Bound& q, const Int8Tile& tile, int first) {
  const __m512 a = _mm512_loadu_ps(tile.inverse_scale + first), n = _mm512_loadu_ps(tile.norm + first),
               e = _mm512_loadu_ps(tile.error + first);
  const __m512 threshold = _mm512_fmadd_ps(q.constant, a, _mm512_fmsub_ps(q.weight, n, _mm512_mul_ps(q.reach, e)));
  return static_cast<std::uint64_t>(
             _mm512_cmp_ps_mask(_mm512_maskz_cvtepi32_ps(0xFFFF, products), threshold, _CMP_NLT_UQ))
         << first;
}

VIGIE_VNNI inline void store(const Lanes& sums, std::int32_t* to) {
  _mm512_storeu_si512(to, sums.a);
  _mm512_storeu_si512(to + 16, sums.b);
  _mm512_storeu_si512(to + 32, sums.c);
  _mm512_storeu_si512(to + 48, sums.d);
}

/// Apart from the products, so that its registers do not push theirs into memory.
[[gnu::noinline]] VIGIE_VNNI std::uint64_t kept_of(const Int8Tile& tile, const Int8Queries& queries, int q,
                                                   const std::int32_t* products) {
  const Bound bound{_mm512_set1_ps(queries.constant[q]), _mm512_set1_ps(queries.weight[q]),
                    _mm512_set1_ps(queries.reach[q])};
  const Lanes sums = load(products);
  return kept(sums.a, bound, tile, 0) | kept(sums.b, bound, tile, 16) | kept(sums.c, bound, tile, 32) |
         kept(sums.d, bound, tile, 48);
}

}  // namespace

// 24 accumulators, 4 vectors of bank codes, 1 of a query: named one by one, else the compiler keeps them in memory.
VIGIE_VNNI void int8_tile(const Int8Tile& tile, const Int8Queries& queries, std::int64_t steps,
                          std::int32_t products[kTileQueries][kTileRows], std::uint64_t masks[kTileQueries]) {
  Lanes s0 = load(tile.start), s1 = s0, s2 = s0, s3 = s0, s4 = s0, s5 = s0;
  const std::int8_t* codes = tile.codes;
  const std::uint8_t* query = queries.codes;
  const std::int64_t stride = 4 * steps;
  for (std::int64_t step = 0; step < steps; ++step, codes += 4 * kTileRows, query += 4) {
    const Lanes rows = load(codes);
    accumulate(s0, query, rows);
    accumulate(s1, query + stride, rows);
    accumulate(s2, query + 2 * stride, rows);
    accumulate(s3, query + 3 * stride, rows);
    accumulate(s4, query + 4 * stride, rows);
    accumulate(s5, query + 5 * stride, rows);
  }
  store(s0, products[0]);
  store(s1, products[1]);
  store(s2, products[2]);
  store(s3, products[3]);
  store(s4, products[4]);
  store(s5, products[5]);
  for (int q = 0; q < kTileQueries; ++q) masks[q] = kept_of(tile, queries, q, products[q]);
}

}  // namespace vigie
