#include "vigie/tracking/http_client.h"

#include <httplib.h>
#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <string_view>
#include <system_error>
#include <vector>

#include "vigie/core/error.h"

namespace vigie {
namespace {

constexpr std::time_t kConnectSeconds = 3, kReadSeconds = 10, kWriteSeconds = 10;

bool is_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_host(std::string_view text) {
  if (text.size() > 2 && text.front() == '[' && text.back() == ']') {  // an IPv6 address
    return text.find_first_not_of("0123456789abcdefABCDEF:", 1) == text.size() - 1;
  }
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_word(c) || c == '.' || c == '-' || c == '_'; });
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || text.find_first_not_of("0123456789") != std::string_view::npos) return false;
  const int number = std::stoi(std::string(text));
  return number >= 1 && number <= 65535;
}

bool is_host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || text.ends_with(']')) return is_host(text);
  return is_host(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

/// While it lives, a server that hangs up while we send to it is an error of the call, not a SIGPIPE that ends the
/// program; the handler that the program chose stays as it is.
class NoBrokenPipeSignal {
 public:
  NoBrokenPipeSignal() {
    sigemptyset(&broken_pipe_);
    sigaddset(&broken_pipe_, SIGPIPE);
    sigset_t pending;
    sigemptyset(&pending);
    sigpending(&pending);
    was_pending_ = sigismember(&pending, SIGPIPE) == 1;
    pthread_sigmask(SIG_BLOCK, &broken_pipe_, &before_);
  }
  ~NoBrokenPipeSignal() {
    const timespec at_once{};
    while (!was_pending_ && sigtimedwait(&broken_pipe_, nullptr, &at_once) < 0 && errno == EINTR) {
    }
    pthread_sigmask(SIG_SETMASK, &before_, nullptr);
  }
  NoBrokenPipeSignal(const NoBrokenPipeSignal&) = delete;
  NoBrokenPipeSignal& operator=(const NoBrokenPipeSignal&) = delete;

 private:
  sigset_t broken_pipe_, before_;
  bool was_pending_ = false;
};

std::string reason_of(httplib::Error error) {
  switch (error) {
    case httplib::Error::Connection:
    case httplib::Error::ConnectionTimeout:
      return fmt::format("no connection (refused, unknown host, or no answer within {} s)", kConnectSeconds);
    case httplib::Error::Read:
      return fmt::format("the server hung up or was silent for {} s", kReadSeconds);
    case httplib::Error::Write:
    case httplib::Error::Canceled:
      return "the request could not be sent whole";
    case httplib::Error::SSLConnection:
    case httplib::Error::SSLLoadingCerts:
    case httplib::Error::SSLServerVerification:
      return fmt::format("no trusted TLS connection ({})", httplib::to_string(error));
    default:
      return fmt::format("the request failed ({})", httplib::to_string(error));
  }
}

HttpReply reply_of(const httplib::Result& result) {
  if (!result) return {0, reason_of(result.error())};
  return {result->status, result->body};
}

}  // namespace

std::string checked_server_uri(const std::string& uri) {
  constexpr std::string_view kPlain = "http://", kTls = "https://";
  std::string_view rest = uri;
  if (rest.ends_with('/')) rest.remove_suffix(1);
  std::string server(rest);
  const bool tls = rest.starts_with(kTls);
  rest.remove_prefix(tls ? kTls.size() : rest.starts_with(kPlain) ? kPlain.size() : 0);
  if (rest.size() == server.size() || !is_host_and_port(rest)) {
    fail(ErrorKind::InvalidArgument, "mlflow",
         "'{}' is not the address of a server; write http://host:port or https://host:port", uri);
  }
#ifndef CPPHTTPLIB_OPENSSL_SUPPORT
  if (tls) fail(ErrorKind::Unsupported, "mlflow", "{}: this build cannot do https", uri);
#endif
  return server;
}

std::string percent_encoded(const std::string& text, bool keep_slashes) {
  std::string encoded;
  for (const char c : text) {
    const bool plain = is_word(c) || c == '-' || c == '.' || c == '_' || c == '~' || (c == '/' && keep_slashes);
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return encoded;
}

struct HttpClient::Connection {
  explicit Connection(const std::string& server) : client(server) {}
  httplib::Client client;
};

HttpClient::HttpClient(const std::string& server) : connection_(std::make_unique<Connection>(server)) {
  httplib::Client& client = connection_->client;
  client.set_connection_timeout(kConnectSeconds);
  client.set_read_timeout(kReadSeconds);
  client.set_write_timeout(kWriteSeconds);
  client.set_url_encode(false);  // our paths are already
  client.set_tcp_nodelay(true);
}

HttpClient::~HttpClient() = default;

HttpReply HttpClient::get(const std::string& path) {
  const NoBrokenPipeSignal guard;
  return reply_of(connection_->client.Get(path));
}

HttpReply HttpClient::post_json(const std::string& path, const std::string& body) {
  const NoBrokenPipeSignal guard;
  return reply_of(connection_->client.Post(path, body, "application/json"));
}

HttpReply HttpClient::put_file(const std::string& path, const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t bytes = std::filesystem::file_size(file, error);
  if (error) fail(ErrorKind::NotFound, "mlflow", "{}: {}", file.string(), error.message());
  std::ifstream stream(file, std::ios::binary);
  if (!stream) fail(ErrorKind::Io, "mlflow", "{}: cannot be read", file.string());
  std::vector<char> piece(std::size_t{1} << 20);
  const auto send = [&](std::size_t offset, std::size_t left, httplib::DataSink& sink) {
    const std::size_t wanted = std::min(left, piece.size());
    stream.seekg(static_cast<std::streamoff>(offset));
    if (!stream.read(piece.data(), static_cast<std::streamsize>(wanted))) return false;  // it shrank meanwhile
    return sink.write(piece.data(), wanted);
  };
  const NoBrokenPipeSignal guard;
  if (bytes == 0) return reply_of(connection_->client.Put(path, std::string(), "application/octet-stream"));
  return reply_of(connection_->client.Put(path, bytes, send, "application/octet-stream"));
}

}  // namespace vigie
