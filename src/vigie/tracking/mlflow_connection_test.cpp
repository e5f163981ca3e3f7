#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "vigie/core/error.h"
#include "vigie/tracking/http_client.h"
#include "vigie/tracking/mlflow.h"
#include "vigie/tracking/mlflow_run.h"
#include "vigie/tracking/tracking_test_support.h"

namespace vigie {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing_tracking::log_of;
using testing_tracking::ScratchFolder;
using testing_tracking::warnings_in;

/// A port of this machine: listening without ever answering, or closed.
class BarePort {
 public:
  BarePort() : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    (void)::bind(socket_, reinterpret_cast<sockaddr*>(&address_), size);
    ::getsockname(socket_, reinterpret_cast<sockaddr*>(&address_), &size);
  }
  ~BarePort() { ::close(socket_); }
  BarePort(const BarePort&) = delete;
  BarePort& operator=(const BarePort&) = delete;
  std::string uri() const { return "http://127.0.0.1:" + std::to_string(ntohs(address_.sin_port)); }
  int socket() const { return socket_; }

 private:
  int socket_;
  sockaddr_in address_{};
};

TEST(MlflowConnection, ARefusedOneIsQuickAndOneWarning) {
  const BarePort port;  // bound, not listening: no one else can answer there
  const auto start = std::chrono::steady_clock::now();
  const std::string warnings = log_of([&] {
    const auto run = make_mlflow_log(port.uri(), "e", "r");
    for (int step = 0; step < 1000; ++step) run->scalar("loss", step, 1);
    run->finish(true);
  });
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2));
  EXPECT_EQ(warnings_in(warnings), 1) << warnings;
  EXPECT_THAT(warnings, HasSubstr(port.uri()));
}

TEST(MlflowConnection, AServerThatHangsUpDuringAnUploadDoesNotEndTheProgram) {
  const auto before = std::signal(SIGPIPE, SIG_DFL);  // httplib's server had it ignored
  const ScratchFolder scratch;
  const fs::path file = scratch.write("large", std::string(std::size_t{32} << 20, 'x'));
  const BarePort port;
  ASSERT_EQ(::listen(port.socket(), 1), 0);
  std::thread server([&] {
    const int peer = ::accept(port.socket(), nullptr, nullptr);
    char some[4096];
    (void)!::read(peer, some, sizeof some);
    ::shutdown(peer, SHUT_WR);  // the order that makes the client's next write a broken pipe
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    ::close(peer);
  });
  const HttpReply reply = HttpClient(port.uri()).put_file("/file", file);
  server.join();
  (void)std::signal(SIGPIPE, before);
  EXPECT_EQ(reply.status, 0);
  EXPECT_NE(reply.body, "");
}

TEST(MlflowAddress, AnythingButAServerIsRefusedAtOnce) {
  for (const char* uri :
       {"", "localhost:5000", "ftp://host", "http://", "https://", "http:///", "http://host:0", "http://host:70000",
        "http://host:x", "http://host:", "http://user@host", "http://host/path", "http://host?x", "http://a b",
        "file:///mlruns", "http://[::1", "databricks", "http://host//"}) {
    try {
      (void)make_mlflow_log(uri, "e", "r");
      ADD_FAILURE() << uri << " was accepted";
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::InvalidArgument) << uri;
      EXPECT_THAT(error.what(), HasSubstr(std::string("'") + uri + "'"));
    }
  }
}

TEST(MlflowAddress, ServersAreAccepted) {
  EXPECT_EQ(checked_server_uri("http://127.0.0.1:5000/"), "http://127.0.0.1:5000");
  EXPECT_EQ(checked_server_uri("https://ml-flow.example.org"), "https://ml-flow.example.org");
  EXPECT_EQ(checked_server_uri("http://[::1]:5000"), "http://[::1]:5000");
}

TEST(MlflowNames, KeepWhatMlflowTakes) {
  EXPECT_EQ(mlflow_name("loss/train-1 a_b.c"), "loss/train-1 a_b.c");
  EXPECT_EQ(mlflow_name("a:b(c)\xC3\xA9"), "a_b_c___");
  EXPECT_EQ(mlflow_name("/a//b/../c/"), "a/b/c");
  EXPECT_EQ(mlflow_name(".."), "_");
  EXPECT_EQ(mlflow_name(std::string(300, 'x')).size(), 250U);
}

TEST(MlflowParams, AreTextOfAtMost500Bytes) {
  EXPECT_EQ(mlflow_param_value("as is"), "as is");
  EXPECT_EQ(mlflow_param_value(true), "true");
  EXPECT_EQ(mlflow_param_value(""), "\"\"");
  EXPECT_EQ(mlflow_param_value(std::string(600, 'x')), std::string(500, 'x'));
  std::string accents = "x";
  for (int i = 0; i < 300; ++i) accents += "\xC3\xA9";
  EXPECT_EQ(mlflow_param_value(accents), accents.substr(0, 499));  // not within a character
}

}  // namespace
}  // namespace vigie
