#pragma once

#include <zlib.h>

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "vigie/io/image.h"
#include "vigie/io/io_test_support.h"

// Image files assembled byte by byte from the format specifications, independent of the code under test.
namespace vigie::testing_io {

/// A file of these bytes in a scratch folder, read through the public functions.
class ImageFile {
 public:
  explicit ImageFile(const std::string& bytes) { replace(bytes); }
  void replace(const std::string& bytes) { std::ofstream(path_, std::ios::binary) << bytes; }
  Tensor read(std::int64_t max_pixels = 1'000'000) const { return read_image(path_, {max_pixels}); }
  ImageInfo info() const { return read_image_info(path_); }
  /// Message of the BadFile error that reading throws; it must name the path.
  std::string refusal(std::int64_t max_pixels = 1'000'000) const {
    const Failure failure = failure_of([&] { read(max_pixels); });
    EXPECT_EQ(failure.kind, ErrorKind::BadFile) << failure.message;
    EXPECT_NE(failure.message.find(path_.string()), std::string::npos) << failure.message;
    return failure.message;
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  ScratchFolder folder_;
  std::filesystem::path path_ = folder_ / "image";
};

template <typename T>
std::vector<int> values_of(const Tensor& tensor) {
  return {tensor.values<T>().begin(), tensor.values<T>().end()};
}
inline std::vector<int> bytes_of(const Tensor& tensor) {
  return values_of<std::uint8_t>(tensor);
}
inline std::vector<int> words_of(const Tensor& tensor) {
  return values_of<std::uint16_t>(tensor);
}

inline std::string deflated(const std::string& bytes) {
  uLongf size = compressBound(bytes.size());
  std::string out(size, '\0');
  compress(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  out.resize(size);
  return out;
}

/// An EXIF block with an orientation entry alone.
inline std::string exif_block(std::uint16_t orientation, bool big_endian) {
  if (big_endian) {
    return std::string("MM\0\x2a", 4) + be(8u) + be<std::uint16_t>(1) + be<std::uint16_t>(0x0112) +
           be<std::uint16_t>(3) + be(1u) + be(orientation) + be<std::uint16_t>(0) + be(0u);
  }
  return std::string("II\x2a\0", 4) + le(8u) + le<std::uint16_t>(1) + le<std::uint16_t>(0x0112) + le<std::uint16_t>(3) +
         le(1u) + le(orientation) + le<std::uint16_t>(0) + le(0u);
}

inline std::string png_chunk(const std::string& type, const std::string& data) {
  const std::string body = type + data;
  const auto sum =
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(body.data()), static_cast<uInt>(body.size())));
  return be(static_cast<std::uint32_t>(data.size())) + body + be(sum);
}

/// `rows` are the unfiltered rows, each after its filter byte 0; `extra` are chunks before the pixels.
inline std::string png_file(std::uint32_t width, std::uint32_t height, int bits, int colour, const std::string& rows,
                            const std::string& extra = "", bool interlaced = false) {
  const std::string header =
      be(width) + be(height) +
      std::string{static_cast<char>(bits), static_cast<char>(colour), 0, 0, static_cast<char>(interlaced)};
  return "\x89PNG\r\n\x1a\n" + png_chunk("IHDR", header) + extra + png_chunk("IDAT", deflated(rows)) +
         png_chunk("IEND", "");
}

/// A page of a baseline TIFF, blocks first and the directory last.
struct TiffFile {
  bool big_endian = false;
  std::map<int, std::vector<std::uint32_t>> tags;
  std::vector<std::string> blocks;

  TiffFile(std::uint32_t width, std::uint32_t height, std::vector<std::uint32_t> bits, std::uint32_t photometric) {
    tags = {{256, {width}}, {257, {height}},      {258, bits},
            {259, {1}},     {262, {photometric}}, {277, {static_cast<std::uint32_t>(bits.size())}},
            {278, {height}}};
  }
  TiffFile& with(int tag, std::vector<std::uint32_t> values) {
    tags[tag] = std::move(values);
    return *this;
  }
  TiffFile& strip(std::string bytes) {
    blocks.push_back(std::move(bytes));
    return *this;
  }
  TiffFile& tiles_of(std::uint32_t width, std::uint32_t height) {
    tags.erase(278);
    return with(322, {width}).with(323, {height});
  }

  /// A file of this page alone.
  std::string bytes() const { return of_pages({*this}); }

  /// A file of these pages, which have the byte order of the first.
  static std::string of_pages(const std::vector<TiffFile>& pages) {
    const TiffFile& first = pages.front();
    std::string file = (first.big_endian ? "MM" : "II") + first.word(42) + first.number(0);
    std::size_t link = 4;
    for (const TiffFile& page : pages) {
      const Page laid = page.laid_at(file.size());
      file.replace(link, 4, first.number(static_cast<std::uint32_t>(laid.directory)));
      link = laid.link;
      file += laid.bytes;
    }
    return file;
  }

 private:
  /// Offsets in the file of a page that begins at `at`: of its directory, and of the offset of the next one.
  struct Page {
    std::string bytes;
    std::size_t directory = 0, link = 0;
  };
  Page laid_at(std::size_t at) const {
    const bool tiled = tags.count(322) != 0;
    auto all = tags;
    std::string body;
    for (const std::string& block : blocks) {
      all[tiled ? 324 : 273].push_back(static_cast<std::uint32_t>(at + body.size()));
      all[tiled ? 325 : 279].push_back(static_cast<std::uint32_t>(block.size()));
      body += block + std::string(block.size() % 2, '\0');
    }
    std::string directory = word(static_cast<std::uint16_t>(all.size())), overflow;
    const std::size_t overflow_at = at + body.size() + 2 + 12 * all.size() + 4;
    for (const auto& [tag, values] : all) {
      const bool wide = tag == 254 || tag == 273 || tag == 279 || tag == 324 || tag == 325 || tag == 256 ||
                        tag == 257 || tag == 322 || tag == 323;
      std::string packed;
      for (const std::uint32_t value : values) packed += wide ? number(value) : word(static_cast<std::uint16_t>(value));
      directory += word(static_cast<std::uint16_t>(tag)) + word(wide ? 4 : 3) +
                   number(static_cast<std::uint32_t>(values.size()));
      if (packed.size() <= 4) {
        directory += packed + std::string(4 - packed.size(), '\0');
      } else {
        directory += number(static_cast<std::uint32_t>(overflow_at + overflow.size()));
        overflow += packed;
      }
    }
    return {body + directory + number(0) + overflow, at + body.size(), at + body.size() + directory.size()};
  }

  std::string word(std::uint16_t value) const { return big_endian ? be(value) : le(value); }
  std::string number(std::uint32_t value) const { return big_endian ? be(value) : le(value); }
};

struct BmpParts {
  std::int32_t width = 1, height = 1;  ///< negative height: top row first
  std::uint16_t bits = 24;
  std::uint32_t compression = 0, colours = 0;
  std::string after_header = "";  ///< masks or palette
  std::string rows = "";          ///< padded
};
inline std::string bmp_file(const BmpParts& parts) {
  const auto offset = static_cast<std::uint32_t>(54 + parts.after_header.size());
  return "BM" + le(static_cast<std::uint32_t>(offset + parts.rows.size())) + le(0u) + le(offset) + le(40u) +
         le(parts.width) + le(parts.height) + le<std::uint16_t>(1) + le(parts.bits) + le(parts.compression) +
         le(static_cast<std::uint32_t>(parts.rows.size())) + le(2835) + le(2835) + le(parts.colours) + le(0u) +
         parts.after_header + parts.rows;
}

/// Every proper beginning of a good file is refused, never read. All of the shorter ones, then one in every few.
inline void expect_truncations_refused(const std::string& whole) {
  ImageFile file("");
  for (std::size_t size = 0; size < whole.size(); size += 1 + size / 200) {
    SCOPED_TRACE(fmt::format("{} of {} bytes", size, whole.size()));
    file.replace(whole.substr(0, size));
    file.refusal();
  }
  file.replace(whole.substr(0, whole.size() - 1));
  file.refusal();
}

/// A file with damaged bytes is read as something or refused; it never does more.
inline void expect_damage_survived(const std::string& whole) {
  ImageFile file("");
  std::uint32_t state = 12345;
  const auto next = [&] { return state = state * 1664525u + 1013904223u; };
  for (int round = 0; round < 300; ++round) {
    std::string damaged = whole;
    for (int i = 0; i < 1 + round % 4; ++i) damaged[(next() >> 8) % damaged.size()] = static_cast<char>(next() >> 24);
    file.replace(damaged);
    const Failure failure = failure_of([&] { file.read(100'000); });
    EXPECT_TRUE(failure.message == "(no error)" || failure.kind == ErrorKind::BadFile) << failure.message;
    (void)failure_of([&] { file.info(); });
  }
}

}  // namespace vigie::testing_io
