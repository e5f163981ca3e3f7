#pragma once

#include <string>
#include <string_view>

namespace vigie {

/// Text made safe for HTML content and for attributes in double quotes.
std::string escape_html(std::string_view text);

/// A relative path as a URL: everything but letters, digits and "-_.~/" becomes %XX.
std::string url_from_path(std::string_view path);

/// "data:image/jpeg;base64,…".
std::string data_uri(std::string_view mime_type, std::string_view bytes);

/// A whole page with the style sheet and script of reports inside. `title` is plain text, `body` HTML. A content
/// security policy forbids every request, so that a report stays self-contained even if a name in it were hostile.
std::string html_page(std::string_view title, std::string_view body);

/// The line above a page's title: the mark, the name and the kind of page ("evaluation").
std::string html_brand(std::string_view kind);

/// <section id="…"><h2>…</h2>…</section>. `title` plain text, `lead` (may be empty) and `content` HTML.
std::string html_section(std::string_view id, std::string_view title, std::string_view lead, std::string_view content);

}  // namespace vigie
