#include "vigie/report/html.h"

#include <fmt/format.h>

#include <cstdint>

#include "vigie/core/text.h"
#include "vigie/report/report_assets.h"

namespace vigie {
namespace {

constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string base64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t count = bytes.size() - i < 3 ? bytes.size() - i : 3;
    std::uint32_t group = 0;
    for (std::size_t k = 0; k < 3; ++k)
      group = group << 8U | (k < count ? static_cast<unsigned char>(bytes[i + k]) : 0U);
    for (std::size_t k = 0; k < 4; ++k) text += k <= count ? kBase64[group >> (18 - 6 * k) & 63U] : '=';
  }
  return text;
}

/// In place of a logo file: a lookout's eye.
constexpr std::string_view kMark =
    "<svg class=\"mark\" viewBox=\"0 0 32 32\" aria-hidden=\"true\"><path d=\"M2 16C7 8 11 6 16 6s9 2 14 10c-5 8-9 "
    "10-14 10S7 24 2 16z\"/>"
    "<circle cx=\"16\" cy=\"16\" r=\"5.5\"/><circle class=\"glint\" cx=\"18\" cy=\"14\" r=\"1.7\"/></svg>";

bool is_unreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view("-_.~/").find(c) != std::string_view::npos;
}

}  // namespace

std::string escape_html(std::string_view text) {
  if (!is_utf8(text)) return escape_html(utf8_text(text));
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += c;
    }
  }
  return escaped;
}

std::string url_from_path(std::string_view path) {
  std::string url;
  for (const char c : path) {
    if (is_unreserved(c)) {
      url += c;
    } else {
      url += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return url;
}

std::string data_uri(std::string_view mime_type, std::string_view bytes) {
  return fmt::format("data:{};base64,{}", mime_type, base64(bytes));
}

std::string html_page(std::string_view title, std::string_view body) {
  std::string page = fmt::format(R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>{}</title>
<style>
)",
                                 escape_html(title));
  page.append(kReportStyle).append("</style>\n</head>\n<body>\n").append(body);
  page.append("\n<script>\n").append(kReportScript).append("</script>\n</body>\n</html>\n");
  return page;
}

std::string html_brand(std::string_view kind) {
  return fmt::format("<p class=\"brand\">{}vigie <span>{}</span></p>", kMark, kind);
}

std::string html_section(std::string_view id, std::string_view title, std::string_view lead, std::string_view content) {
  std::string html = fmt::format("<section id=\"{}\">\n<h2>{}</h2>\n", id, escape_html(title));
  if (!lead.empty()) html.append("<p class=\"lead\">").append(lead).append("</p>\n");
  return html.append(content).append("</section>\n");
}

}  // namespace vigie
