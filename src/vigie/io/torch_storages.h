#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "vigie/io/mapped_file.h"
#include "vigie/io/pickle.h"
#include "vigie/io/zip_archive.h"

namespace vigie {

/// A torch checkpoint taken apart: the pickled object, and where the numbers of its storages lie. Internal to io/.
struct TorchArchive {
  pickle::Document document;
  std::map<std::string, std::string_view, std::less<>> storages;  ///< bytes by storage key
};

/// The zip form of torch >= 1.6: <name>/data.pkl, <name>/data/<key>. Throws BadFile.
TorchArchive open_zip_checkpoint(const MappedFile& file);

/// The legacy form: pickles of a magic number, a protocol, the system, the object and the storage keys, then storages.
TorchArchive open_legacy_checkpoint(const MappedFile& file);

}  // namespace vigie
