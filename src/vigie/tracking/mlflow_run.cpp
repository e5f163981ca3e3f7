#include "vigie/tracking/mlflow_run.h"

#include "vigie/core/text.h"

#include <algorithm>
#include <chrono>
#include <system_error>
#include <utility>

namespace vigie {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

constexpr std::string_view kApi = "/api/2.0/mlflow/";
constexpr std::string_view kArtifactApi = "/api/2.0/mlflow-artifacts/artifacts/";
constexpr std::string_view kProxyScheme = "mlflow-artifacts:";
constexpr std::string_view kFileScheme = "file:";
constexpr std::size_t kMaxName = 250, kMaxParamValue = 500, kParamsPerBatch = 100, kMaxReason = 300;

template <typename... Args>
[[noreturn]] void fail_server(fmt::format_string<Args...> text, Args&&... args) {
  throw MlflowServerError(ErrorKind::Io, "mlflow", fmt::format(text, std::forward<Args>(args)...));
}

/// The longest start of `text` of at most `bytes` bytes that does not end within a UTF-8 character.
std::string cut(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return text.substr(0, bytes);
}

std::string dumped(const json& value) {
  return json_text(value);
}

/// "status 400: …": what a refusing server says, on one line.
std::string reason_of(const HttpReply& reply) {
  if (reply.status == 0) return reply.body;
  const json body = json::parse(reply.body, nullptr, false);
  const bool has_message = body.is_object() && body.contains("message") && body["message"].is_string();
  std::string text = has_message ? body["message"].get<std::string>() : reply.body;
  std::replace(text.begin(), text.end(), '\n', ' ');
  return fmt::format("status {}: {}", reply.status, cut(text, kMaxReason));
}

json parsed(const HttpReply& reply, const std::string& method) {
  if (!reply.ok()) fail_server("{} failed: {}", method, reason_of(reply));
  json body = json::parse(reply.body, nullptr, false);
  if (!body.is_object()) fail_server("{}: the answer is not JSON; is this an MLflow server?", method);
  return body;
}

std::string text_at(const json& body, const char* pointer) {
  const json::json_pointer place(pointer);
  if (!body.contains(place) || !body[place].is_string()) {
    fail_server("the answer has no text {}; is this an MLflow server?", pointer);
  }
  return body[place].get<std::string>();
}

std::string percent_decoded(const std::string& text) {
  std::string decoded;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits = text[i] == '%' ? text.substr(i + 1, 2) : "";
    if (digits.size() == 2 && digits.find_first_not_of("0123456789abcdefABCDEF") == std::string::npos) {
      decoded.push_back(static_cast<char>(std::stoi(digits, nullptr, 16)));
      i += 2;
    } else {
      decoded.push_back(text[i]);
    }
  }
  return decoded;
}

/// Of "file:///a/b", "file:/a/b" or "/a/b" the folder; empty for anything else.
fs::path local_folder(const std::string& uri) {
  if (uri.starts_with('/')) return uri;
  if (!uri.starts_with(kFileScheme)) return {};
  std::string rest = uri.substr(kFileScheme.size());
  for (const std::string_view host : {"//localhost/", "///"}) {
    if (rest.starts_with(host)) rest.erase(0, host.size() - 1);
  }
  return rest.starts_with('/') && !rest.starts_with("//") ? fs::path(percent_decoded(rest)) : fs::path();
}

void copy_into(const fs::path& folder, const fs::path& file) {
  std::error_code error;
  fs::create_directories(folder, error);
  if (!error) fs::copy_file(file, folder / file.filename(), fs::copy_options::overwrite_existing, error);
  if (error) {
    fail(ErrorKind::Io, "mlflow", "{} cannot be copied into {}: {}", file.string(), folder.string(), error.message());
  }
}

}  // namespace

std::string mlflow_name(std::string_view name) {
  std::string result, part;
  const auto end_part = [&] {
    if (!part.empty() && part != "." && part != "..") result += (result.empty() ? "" : "/") + part;
    part.clear();
  };
  for (const char c : name) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (c == '/')
      end_part();
    else
      part.push_back(plain || c == '_' || c == '-' || c == '.' || c == ' ' ? c : '_');
  }
  end_part();
  if (result.size() > kMaxName) result.resize(kMaxName);
  while (result.ends_with('/')) result.pop_back();
  return result.empty() ? "_" : result;
}

std::string mlflow_param_value(const json& value) {
  const bool plain_text = value.is_string() && !value.get_ref<const std::string&>().empty();
  return cut(plain_text ? value.get<std::string>() : dumped(value), kMaxParamValue);
}

std::int64_t mlflow_time() {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

MlflowRun::MlflowRun(const std::string& server, const std::string& experiment, const std::string& run_name)
    : server_(server), client_(server) {
  experiment_id_ = find_or_create_experiment(experiment);
  json tags = json::array({{{"key", "mlflow.source.name"}, {"value", "vigie"}}});
  json body = {{"experiment_id", experiment_id_}, {"start_time", mlflow_time()}};
  if (!run_name.empty()) {
    body["run_name"] = run_name;
    tags.push_back({{"key", "mlflow.runName"}, {"value", run_name}});  // where servers before 1.28 look
  }
  body["tags"] = tags;
  const json run = post("runs/create", body);
  run_id_ = text_at(run, "/run/info/run_id");
  artifact_uri_ = text_at(run, "/run/info/artifact_uri");
}

json MlflowRun::post(const std::string& method, const json& body) {
  return parsed(client_.post_json(std::string(kApi) + method, dumped(body)), method);
}

std::string MlflowRun::find_or_create_experiment(const std::string& name) {
  const std::string method = "experiments/get-by-name";
  const HttpReply reply =
      client_.get(fmt::format("{}{}?experiment_name={}", kApi, method, percent_encoded(name, false)));
  if (reply.status != 404) return text_at(parsed(reply, method), "/experiment/experiment_id");
  return text_at(post("experiments/create", {{"name", name}}), "/experiment_id");
}

void MlflowRun::log_params(const json& flat_object) {
  VIGIE_CHECK(flat_object.is_object(), "mlflow", "settings must be a JSON object");
  json batch = json::array();
  const auto send = [&] {
    if (!batch.empty()) post("runs/log-batch", {{"run_id", run_id_}, {"params", batch}});
    batch.clear();
  };
  for (const auto& [key, value] : flat_object.items()) {
    batch.push_back({{"key", mlflow_name(key)}, {"value", mlflow_param_value(value)}});
    if (batch.size() == kParamsPerBatch) send();
  }
  send();
}

void MlflowRun::log_metrics(const json& metrics) {
  post("runs/log-batch", {{"run_id", run_id_}, {"metrics", metrics}});
}

void MlflowRun::store(const fs::path& file) {
  if (artifact_uri_.starts_with(kProxyScheme)) return send_through_proxy(file);
  const fs::path folder = local_folder(artifact_uri_);
  if (folder.empty()) {
    fail(ErrorKind::Unsupported, "mlflow",
         "{} is not stored: the run keeps its artefacts in {}, which vigie cannot write to; start the server with "
         "--serve-artifacts",
         file.string(), artifact_uri_);
  }
  copy_into(folder, file);
}

/// mlflow-artifacts:/path is behind the tracking server, mlflow-artifacts://host:port/path behind another.
void MlflowRun::send_through_proxy(const fs::path& file) {
  std::string rest = artifact_uri_.substr(kProxyScheme.size());
  std::string server = server_;
  if (rest.starts_with("//") && !rest.starts_with("///")) {
    const std::size_t slash = std::min(rest.find('/', 2), rest.size());
    server = checked_server_uri(server_.substr(0, server_.find(':') + 1) + rest.substr(0, slash));
    rest.erase(0, slash);
  }
  rest.erase(0, std::min(rest.find_first_not_of('/'), rest.size()));
  const std::string path = std::string(kArtifactApi) + percent_encoded(rest + "/" + file.filename().string(), true);
  const HttpReply reply = server == server_ ? client_.put_file(path, file) : HttpClient(server).put_file(path, file);
  if (reply.status == 0 && server == server_) fail_server("{} was not sent: {}", file.string(), reply.body);
  if (!reply.ok()) {
    fail(ErrorKind::Io, "mlflow", "{}: {} did not take it: {}", file.string(), server, reason_of(reply));
  }
}

void MlflowRun::end(bool success) {
  post("runs/update", {{"run_id", run_id_}, {"status", success ? "FINISHED" : "FAILED"}, {"end_time", mlflow_time()}});
}

std::string MlflowRun::page() const {
  return fmt::format("{}/#/experiments/{}/runs/{}", server_, experiment_id_, run_id_);
}

}  // namespace vigie
