#include <png.h>

#include <algorithm>
#include <bit>
#include <csetjmp>
#include <cstring>
#include <vector>

#include "vigie/io/depth.h"
#include "vigie/io/image.h"
#include "vigie/io/image_codec.h"

namespace vigie {

namespace {

constexpr png_uint_32 kAnySide = 0x7FFFFFFF;  // check_size() decides, with a better message

/// libpng leaves through longjmp: `escape` is set by guarded().
struct Errors {
  std::jmp_buf escape;
  char message[160] = "";
};

void give_up(png_structp png, png_const_charp message) {
  auto* errors = static_cast<Errors*>(png_get_error_ptr(png));
  std::strncpy(errors->message, message, sizeof errors->message - 1);
  std::longjmp(errors->escape, 1);
}

void ignore_warning(png_structp, png_const_charp) {}

/// Runs libpng calls; false when libpng gave up. `step` must hold nothing that needs a destructor.
template <typename Step>
bool guarded(Errors& errors, Step&& step) {
  if (setjmp(errors.escape) != 0) return false;
  step();
  return true;
}

/// libpng's state, freed even when the constructor of Decoder throws.
struct DecoderState {
  explicit DecoderState(Errors& errors)
      : png(png_create_read_struct(PNG_LIBPNG_VER_STRING, &errors, give_up, ignore_warning)) {
    if (png == nullptr) throw std::bad_alloc();
  }
  ~DecoderState() { png_destroy_read_struct(&png, &info, nullptr); }
  DecoderState(const DecoderState&) = delete;
  DecoderState& operator=(const DecoderState&) = delete;

  png_structp png;
  png_infop info = nullptr;
};

class Decoder {
 public:
  explicit Decoder(const codec::EncodedImage& image) : image_(image), rest_(image.bytes) {
    run([&] {
      state_.info = png_create_info_struct(state_.png);
      png_set_user_limits(state_.png, kAnySide, kAnySide);
      png_set_read_fn(state_.png, &rest_, take);
      png_read_info(state_.png, state_.info);
    });
  }

  codec::ImageHeader header() const {
    const int colour = png_get_color_type(state_.png, state_.info);
    const bool grey = (colour & PNG_COLOR_MASK_COLOR) == 0;
    return {png_get_image_width(state_.png, state_.info), png_get_image_height(state_.png, state_.info), grey ? 1 : 3,
            png_get_bit_depth(state_.png, state_.info) == 16 ? 16 : 8, orientation()};
  }

  /// Channels of pixels(): those of the header, or as a mask has them.
  int channels() const {
    if (!image_.as_mask) return header().channels;
    return palette() ? 1 : header().channels + (alpha() ? 1 : 0);
  }

  bool palette() const { return png_get_color_type(state_.png, state_.info) == PNG_COLOR_TYPE_PALETTE; }
  bool alpha() const { return image_.as_mask && !palette() && (has_alpha() || keyed()); }

  /// Which colours of the palette are black.
  std::bitset<256> black_colours() const {
    std::bitset<256> black;
    png_colorp colours = nullptr;
    int count = 0;
    if (png_get_PLTE(state_.png, state_.info, &colours, &count) == 0) return black;
    for (int i = 0; i < std::min(count, 256); ++i)
      black.set(static_cast<std::size_t>(i), colours[i].red == 0 && colours[i].green == 0 && colours[i].blue == 0);
    return black;
  }

  /// sBIT: how many bits of each sample came from the source, the most of all channels; 0: not said.
  int significant_bits() const {
    png_color_8p bits = nullptr;
    if (png_get_sBIT(state_.png, state_.info, &bits) == 0) return 0;
    return header().channels == 1 ? bits->gray : std::max({bits->red, bits->green, bits->blue});
  }

  Tensor pixels(const codec::ImageHeader& header) {
    Tensor out({header.height, header.width, channels()}, header.bits == 16 ? DType::U16 : DType::U8);
    const std::size_t row_bytes = out.bytes() / static_cast<std::size_t>(header.height);
    std::vector<png_bytep> rows(static_cast<std::size_t>(header.height));
    for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = static_cast<png_bytep>(out.raw()) + y * row_bytes;
    run([&] {
      ask_for_plain_samples();
      if (png_get_rowbytes(state_.png, state_.info) != row_bytes) png_error(state_.png, "unexpected row size");
      png_read_image(state_.png, rows.data());
      png_read_end(state_.png, nullptr);
    });
    return out;
  }

 private:
  template <typename Step>
  void run(Step&& step) {
    if (guarded(errors_, step)) return;
    codec::refuse(image_, fmt::format("truncated or corrupt PNG ({})", errors_.message));
  }

  static void take(png_structp png, png_bytep target, std::size_t bytes) {
    auto* rest = static_cast<std::string_view*>(png_get_io_ptr(png));
    if (bytes > rest->size()) png_error(png, "the file ends early");
    std::memcpy(target, rest->data(), bytes);
    rest->remove_prefix(bytes);
  }

  bool has_alpha() const { return (png_get_color_type(state_.png, state_.info) & PNG_COLOR_MASK_ALPHA) != 0; }
  bool keyed() const { return png_get_valid(state_.png, state_.info, PNG_INFO_tRNS) != 0; }

  /// Grey or RGB of 8 or 16 bits in the processor's byte order: no palette, no alpha, no packed bits. A mask keeps
  /// indices and alpha.
  void ask_for_plain_samples() {
    if (png_get_color_type(state_.png, state_.info) == PNG_COLOR_TYPE_GRAY) png_set_expand_gray_1_2_4_to_8(state_.png);
    if (image_.as_mask) {
      png_set_packing(state_.png);
      if (alpha() && keyed()) png_set_tRNS_to_alpha(state_.png);
    } else {
      if (palette()) png_set_palette_to_rgb(state_.png);
      if (has_alpha() || (palette() && keyed())) png_set_strip_alpha(state_.png);
    }
    if constexpr (std::endian::native == std::endian::little) png_set_swap(state_.png);
    png_set_interlace_handling(state_.png);
    png_read_update_info(state_.png, state_.info);
  }

  /// From an eXIf chunk before the pixels; one after them is not looked for.
  int orientation() const {
    png_uint_32 bytes = 0;
    png_bytep block = nullptr;
    if (png_get_eXIf_1(state_.png, state_.info, &bytes, &block) == 0) return 0;
    return codec::exif_orientation({reinterpret_cast<const char*>(block), bytes});
  }

  const codec::EncodedImage& image_;
  std::string_view rest_;
  Errors errors_;
  DecoderState state_{errors_};
};

class Encoder {
 public:
  Encoder() : png_(png_create_write_struct(PNG_LIBPNG_VER_STRING, &errors_, give_up, ignore_warning)) {
    if (png_ == nullptr) throw std::bad_alloc();
  }
  ~Encoder() { png_destroy_write_struct(&png_, &info_); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  std::string encode(const Tensor& image, const codec::ImageExtents& extents) {
    std::string encoded;
    std::vector<png_bytep> rows(static_cast<std::size_t>(extents.height));
    auto* first = static_cast<png_bytep>(const_cast<void*>(image.raw()));
    for (std::size_t y = 0; y < rows.size(); ++y) rows[y] = first + y * (image.bytes() / rows.size());
    const bool done = guarded(errors_, [&] {
      info_ = png_create_info_struct(png_);
      png_set_write_fn(png_, &encoded, append, nullptr);
      png_set_user_limits(png_, kAnySide, kAnySide);
      png_set_IHDR(png_, info_, static_cast<png_uint_32>(extents.width), static_cast<png_uint_32>(extents.height),
                   image.dtype() == DType::U16 ? 16 : 8,
                   extents.channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
                   PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
      png_write_info(png_, info_);
      if constexpr (std::endian::native == std::endian::little) png_set_swap(png_);
      png_write_image(png_, rows.data());
      png_write_end(png_, info_);
    });
    if (!done) fail(ErrorKind::Internal, "encode_png", "{}", errors_.message);
    return encoded;
  }

 private:
  static void append(png_structp png, png_bytep data, std::size_t bytes) {
    try {
      static_cast<std::string*>(png_get_io_ptr(png))->append(reinterpret_cast<const char*>(data), bytes);
      return;
    } catch (const std::bad_alloc&) {  // must not travel through libpng
    }
    png_error(png, "out of memory");
  }

  Errors errors_;
  png_structp png_ = nullptr;
  png_infop info_ = nullptr;
};

/// An animation's frames after the first would pass unseen: its acTL chunk comes before the pixels.
void refuse_frames(const codec::EncodedImage& image) {
  constexpr std::size_t kFirstChunk = 8, kChunkFrame = 12;
  const auto number = [&](std::size_t at) {
    std::uint64_t value = 0;
    for (const char byte : image.bytes.substr(at, 4)) value = value << 8 | static_cast<std::uint8_t>(byte);
    return value;
  };
  for (std::uint64_t at = kFirstChunk; at + kChunkFrame <= image.bytes.size(); at += kChunkFrame + number(at)) {
    const std::string_view type = image.bytes.substr(at + 4, 4);
    if (type == "IDAT" || type == "IEND") return;
    if (type == "acTL" && number(at + 8) > 1)
      codec::refuse(image,
                    fmt::format("an animated PNG of {} frames; store each as a file of its own", number(at + 8)));
  }
}

/// The specification scales samples to the full range and lets sBIT say how they were; camera programs write sBIT and
/// leave the samples as they are. The values tell the two apart.
int bits_in_use(const Tensor& pixels, int significant) {
  if (pixels.dtype() == DType::U8) return 8;
  if (significant < 8 || significant > 16) return 0;
  return bits_from_tag(depth_use_of(pixels), significant);
}

}  // namespace

namespace codec {

ImageHeader read_png_header(const EncodedImage& image) {
  const Decoder decoder(image);
  refuse_frames(image);
  return decoder.header();
}

DecodedImage decode_png(const EncodedImage& image) {
  Decoder decoder(image);
  const ImageHeader header = decoder.header();
  check_size(image, header.width, header.height);
  refuse_frames(image);
  DecodedImage decoded{decoder.pixels(header), header.orientation};
  decoded.stated_bits = bits_in_use(decoded.pixels, decoder.significant_bits());
  decoded.settled = header.bits != 16;
  decoded.alpha = decoder.alpha();
  if (image.as_mask && decoder.palette()) decoded.black = decoder.black_colours();
  return decoded;
}

}  // namespace codec

std::string encode_png(const Tensor& image) {
  const codec::ImageExtents extents = codec::extents_to_encode(image, "encode_png");
  VIGIE_CHECK(image.dtype() == DType::U8 || image.dtype() == DType::U16, "encode_png",
              "pixels must be u8 or u16, not {}", name_of(image.dtype()));
  return Encoder().encode(image, extents);
}

}  // namespace vigie
