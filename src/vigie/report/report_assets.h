#pragma once

namespace vigie {

/// report.css, report.js and latent.js, put into the library at build time.
extern const char* const kReportStyle;
extern const char* const kReportScript;
extern const char* const kLatentScript;

}  // namespace vigie
