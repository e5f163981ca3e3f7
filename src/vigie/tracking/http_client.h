#pragma once

#include <filesystem>
#include <memory>
#include <string>

namespace vigie {

/// "http://host[:port]" or "https://…", without a slash at its end. Throws InvalidArgument, naming `uri`, when it is
/// anything else; Unsupported for https when this build lacks it. Looks nothing up.
std::string checked_server_uri(const std::string& uri);

/// Letters, digits and -._~ as they are, other bytes as %XX; "/" too when `keep_slashes`.
std::string percent_encoded(const std::string& text, bool keep_slashes);

struct HttpReply {
  int status = 0;    ///< of HTTP; 0: no answer came, `body` says why
  std::string body;  ///< as sent
  bool ok() const { return status >= 200 && status < 300; }
};

/// Requests to one server, each waiting at most 3 s for a connection and 10 s for the next piece of the answer. Paths
/// begin with "/" and are percent-encoded. One thread. Internal to tracking/.
class HttpClient {
 public:
  /// `server` as checked_server_uri() gives it. Does not connect yet.
  explicit HttpClient(const std::string& server);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  HttpReply get(const std::string& path);
  HttpReply post_json(const std::string& path, const std::string& body);
  /// Streams the file. Throws NotFound or Io when it cannot be read.
  HttpReply put_file(const std::string& path, const std::filesystem::path& file);

 private:
  struct Connection;
  std::unique_ptr<Connection> connection_;
};

}  // namespace vigie
