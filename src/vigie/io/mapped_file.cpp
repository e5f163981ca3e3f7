#include "vigie/io/mapped_file.h"

#include <sys/mman.h>

#include <cerrno>
#include <cstring>

#include "vigie/core/error.h"
#include "vigie/io/descriptor.h"

namespace vigie {

std::shared_ptr<MappedFile> MappedFile::open(const std::filesystem::path& path, std::string_view where) {
  struct stat status = {};
  const Descriptor file = open_to_read(path, where, status);
  if (!S_ISREG(status.st_mode)) fail(ErrorKind::BadFile, where, "{}: not a regular file", path.string());
  if (status.st_size == 0) fail(ErrorKind::BadFile, where, "{}: empty file", path.string());
  std::shared_ptr<MappedFile> mapped(new MappedFile);
  mapped->path_ = path.string();
  mapped->size_ = static_cast<std::size_t>(status.st_size);
  void* memory = ::mmap(nullptr, mapped->size_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.number(), 0);
  if (memory == MAP_FAILED) fail_system(where, path, "map into memory", errno);
  mapped->data_ = static_cast<char*>(memory);
  return mapped;
}

std::shared_ptr<MappedFile> MappedFile::copy_of(std::string_view bytes, std::string name) {
  std::shared_ptr<MappedFile> copy(new MappedFile);
  copy->path_ = std::move(name);
  if (bytes.empty()) return copy;
  void* memory = ::mmap(nullptr, bytes.size(), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) fail_system("copy_of", copy->path_, "take memory", errno);
  copy->size_ = bytes.size();
  copy->data_ = static_cast<char*>(memory);
  std::memcpy(copy->data_, bytes.data(), bytes.size());
  return copy;
}

MappedFile::~MappedFile() {
  if (data_ != nullptr) ::munmap(data_, size_);
}

}  // namespace vigie
