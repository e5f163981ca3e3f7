#pragma once

#include <string>

#include "vigie/report/report_view.h"

namespace vigie {

/// Parts of the report, each HTML.
std::string report_header(const ReportView& view);        ///< title, verdict in one sentence
std::string report_metrics(const ReportView& view);       ///< cards with definitions
std::string report_decision(const ReportView& view);      ///< confusion matrix and score histogram
std::string report_curves(const ReportView& view);        ///< ROC and precision–recall
std::string report_defect_types(const ReportView& view);  ///< one row each; "" without defects
std::string report_gallery(const ReportView& view);       ///< images, worst mistakes first
std::string report_training(const ReportView& view);      ///< loss curves; "" when nothing was trained
std::string report_scores(const ReportView& view);        ///< every image's score, folded
std::string report_facts(const ReportView& view);         ///< how it was made

}  // namespace vigie
