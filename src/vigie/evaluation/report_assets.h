#pragma once

namespace vigie {

/// report.css and report.js, put into the library at build time.
extern const char* const kReportStyle;
extern const char* const kReportScript;

}  // namespace vigie
