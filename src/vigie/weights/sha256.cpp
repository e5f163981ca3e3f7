#include "vigie/weights/sha256.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <fstream>
#include <memory>
#include <vector>

#include "vigie/core/error.h"

namespace vigie {

std::string sha256_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) fail(ErrorKind::NotFound, "sha256_of", "{}: cannot be opened", path.string());
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  bool good = digest && EVP_DigestInit_ex(digest.get(), EVP_sha256(), nullptr) == 1;
  std::vector<char> piece(std::size_t{1} << 20);
  while (good && file) {
    file.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    good = EVP_DigestUpdate(digest.get(), piece.data(), static_cast<std::size_t>(file.gcount())) == 1;
  }
  if (file.bad() || !file.eof()) fail(ErrorKind::Io, "sha256_of", "{}: cannot be read", path.string());
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes{};
  unsigned length = 0;
  good = good && EVP_DigestFinal_ex(digest.get(), bytes.data(), &length) == 1;
  if (!good) fail(ErrorKind::Internal, "sha256_of", "libcrypto refused to compute SHA-256");
  std::string hex;
  for (unsigned i = 0; i < length; ++i) hex += fmt::format("{:02x}", bytes[i]);
  return hex;
}

}  // namespace vigie
