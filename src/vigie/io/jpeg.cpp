#include <cstdio>  // jpeglib.h needs FILE

#include <jerror.h>
#include <jpeglib.h>

#include <csetjmp>
#include <cstdlib>

#include "vigie/io/image.h"
#include "vigie/io/image_codec.h"

namespace vigie {

namespace {

constexpr int kExifMarker = JPEG_APP0 + 1;
constexpr std::string_view kExifMark{"Exif\0\0", 6};
constexpr int kMaxScans = 500;  // a small progressive file may otherwise keep the decoder busy for hours

/// libjpeg leaves through longjmp: `escape` is set by guarded() in both users below.
struct Errors {
  jpeg_error_mgr manager = {};
  std::jmp_buf escape;
  char message[JMSG_LENGTH_MAX] = "";
};

void give_up(j_common_ptr codec) {
  auto* errors = reinterpret_cast<Errors*>(codec->err);
  codec->err->format_message(codec, errors->message);
  std::longjmp(errors->escape, 1);
}

/// libjpeg decodes damaged data to grey mud and only warns; an inspection must not look at that.
void on_message(j_common_ptr codec, int level) {
  if (level >= 0) return;
  const int code = codec->err->msg_code;
  if (code != JWRN_JFIF_MAJOR && code != JWRN_ADOBE_XFORM && code != JWRN_NOT_SEQUENTIAL) give_up(codec);
}

void install(Errors& errors) {
  jpeg_std_error(&errors.manager);
  errors.manager.error_exit = give_up;
  errors.manager.emit_message = on_message;
}

/// Runs libjpeg calls; false when libjpeg gave up. `step` must hold nothing that needs a destructor.
template <typename Step>
bool guarded(Errors& errors, Step&& step) {
  if (setjmp(errors.escape) != 0) return false;
  step();
  return true;
}

void limit_scans(j_common_ptr codec) {
  if (codec->is_decompressor && reinterpret_cast<j_decompress_ptr>(codec)->input_scan_number > kMaxScans) {
    codec->err->msg_code = JERR_BAD_PROGRESSION;
    give_up(codec);
  }
}

/// libjpeg's state, freed even when the constructor of Decoder throws.
struct DecoderState : jpeg_decompress_struct {
  DecoderState() : jpeg_decompress_struct() {}
  ~DecoderState() { jpeg_destroy_decompress(this); }
  DecoderState(const DecoderState&) = delete;
  DecoderState& operator=(const DecoderState&) = delete;
};

class Decoder {
 public:
  explicit Decoder(const codec::EncodedImage& image) : image_(image) {
    install(errors_);
    info_.err = &errors_.manager;
    progress_.progress_monitor = limit_scans;
    run([&] {
      jpeg_create_decompress(&info_);
      info_.progress = &progress_;
      jpeg_mem_src(&info_, reinterpret_cast<const unsigned char*>(image_.bytes.data()), image_.bytes.size());
      jpeg_save_markers(&info_, kExifMarker, 0xFFFF);
      jpeg_read_header(&info_, TRUE);
    });
  }
  codec::ImageHeader header() const {
    const bool grey = info_.jpeg_color_space == JCS_GRAYSCALE;
    if (!grey && info_.jpeg_color_space != JCS_YCbCr && info_.jpeg_color_space != JCS_RGB) {
      codec::refuse(image_, "a JPEG that is neither grey nor RGB (CMYK is not supported); convert it to RGB");
    }
    return {info_.image_width, info_.image_height, grey ? 1 : 3, 8, orientation()};
  }

  Tensor pixels(const codec::ImageHeader& header) {
    Tensor out({header.height, header.width, header.channels}, DType::U8);
    std::uint8_t* first = out.data<std::uint8_t>();
    const std::size_t row_bytes = static_cast<std::size_t>(header.width * header.channels);
    run([&] {
      info_.out_color_space = header.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
      jpeg_start_decompress(&info_);
      while (info_.output_scanline < info_.output_height) {
        JSAMPROW row = first + info_.output_scanline * row_bytes;
        jpeg_read_scanlines(&info_, &row, 1);
      }
      jpeg_finish_decompress(&info_);
    });
    return out;
  }

 private:
  template <typename Step>
  void run(Step&& step) {
    if (guarded(errors_, step)) return;
    codec::refuse(image_, fmt::format("truncated or corrupt JPEG ({})", errors_.message));
  }

  int orientation() const {
    for (jpeg_saved_marker_ptr marker = info_.marker_list; marker != nullptr; marker = marker->next) {
      const std::string_view data(reinterpret_cast<const char*>(marker->data), marker->data_length);
      if (marker->marker == kExifMarker && data.starts_with(kExifMark)) {
        return codec::exif_orientation(data.substr(kExifMark.size()));
      }
    }
    return 0;
  }

  const codec::EncodedImage& image_;
  Errors errors_;
  DecoderState info_;
  jpeg_progress_mgr progress_ = {};
};

/// Memory that jpeg_mem_dest allocates, and the compressor.
struct Encoder {
  Encoder() {
    install(errors);
    info.err = &errors.manager;
  }
  ~Encoder() {
    jpeg_destroy_compress(&info);
    std::free(bytes);
  }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  Errors errors;
  jpeg_compress_struct info = {};
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
};

}  // namespace

namespace codec {

ImageHeader read_jpeg_header(const EncodedImage& image) {
  return Decoder(image).header();
}

DecodedImage decode_jpeg(const EncodedImage& image) {
  Decoder decoder(image);
  const ImageHeader header = decoder.header();
  check_size(image, header.width, header.height);
  return {decoder.pixels(header), header.orientation};
}

}  // namespace codec

std::string encode_jpeg(const Tensor& image, int quality) {
  VIGIE_CHECK(quality >= 1 && quality <= 100, "encode_jpeg", "quality must be 1 to 100, got {}", quality);
  VIGIE_CHECK(image.dtype() == DType::U8, "encode_jpeg", "JPEG holds 8 bits per sample, not {}; write it as PNG",
              name_of(image.dtype()));
  const codec::ImageExtents extents = codec::extents_to_encode(image, "encode_jpeg");
  VIGIE_CHECK(extents.width <= JPEG_MAX_DIMENSION && extents.height <= JPEG_MAX_DIMENSION, "encode_jpeg",
              "{} x {} pixels; a JPEG side holds at most {}", extents.width, extents.height, JPEG_MAX_DIMENSION);
  const std::uint8_t* first = image.data<std::uint8_t>();
  Encoder encoder;
  const bool done = guarded(encoder.errors, [&] {
    jpeg_compress_struct& info = encoder.info;
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &encoder.bytes, &encoder.size);
    info.image_width = static_cast<JDIMENSION>(extents.width);
    info.image_height = static_cast<JDIMENSION>(extents.height);
    info.input_components = extents.channels;
    info.in_color_space = extents.channels == 1 ? JCS_GRAYSCALE : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height) {
      auto* row = const_cast<JSAMPROW>(first + std::size_t{info.next_scanline} * info.image_width * extents.channels);
      jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
  });
  if (!done) fail(ErrorKind::Internal, "encode_jpeg", "{}", encoder.errors.message);
  return {reinterpret_cast<const char*>(encoder.bytes), encoder.size};
}

}  // namespace vigie
