#include "vigie/data/word_table.h"

#include <algorithm>
#include <unordered_map>

namespace vigie {

namespace {

struct WordRow {
  Word meaning;
  std::string_view words;  ///< folded, blank between them
};

/// All words vigie knows, in the languages of the lines it stands on. A word that is missing is added here alone.
constexpr WordRow kTable[] = {
    {Word::Good,
     "good goods ok okay oks okey normal normals normale normales pass passed passes passing io gut gute guten guter "
     "gutteil gutteile bon bons bonne bonnes bueno buenos buena buenas buono buoni buona buone bom bons boa goed goede "
     "conforme conformes conformi conform conforming konform fehlerfrei fehlerfreie fehlerfreien einwandfrei inordnung "
     "accepted "
     "flawless faultless undamaged undefective unbeschadigt unbeschaedigt defectfree nondefective nondefect nodefect "
     "nodefects nofault "
     "nofail dobry dobre dobra sain saine sano sana 良品 良好 合格 合格品 正常 正常品 годен годные 양품 정상"},
    {Word::GoodAlone,
     "intakt intact clean perfect healthy accept acceptable correct correcto correcta correcte fine nominal"},
    {Word::Bad,
     "bad bads ng ngs nok noks ko nio niog nogood notok notgood ungood defect defects defective defectives defekt "
     "defekte defekten defektes defectueux defectueuse defectueuses defaut defauts defecto defectos defectuoso "
     "defectuosa defeito defeitos defeituoso difetto difetti difettoso difettosi def fail fails failed failing failure "
     "failures reject rejects rejected rejection scrap scraps scrapped ausschuss schlecht schlechte schlechtteil "
     "schlechtteile fehler fehlerhaft fehlerhafte fehlerteil fehlerteile mangelhaft mauvais mauvaise malo malos mala "
     "malas cattivo cattivi ruim anomaly anomalies anomalous anomal anomale anomalie anomalien anomalo anomala "
     "anomalia "
     "anomalias abnormal abnormals abnormality abnormalities outlier outliers fault faults faulty flaw flaws flawed "
     "nonconforming nonconformity nonconform nonconforme nonconformes unacceptable imperfect incorrect irregular "
     "unhealthy invalid rebut rebuts rechazo rechazos rechazado scarto scarti rifiuto afkeur fout kaputt brak wadliwy "
     "wadliwe felaktig nichtok nichtio nichtinordnung 不良 不良品 不合格 不合格品 缺陷 异常 異常 брак 불량 비정상"},
    {Word::Kind,
     "damage damages damaged broken break breakage crack cracks cracked cracking scratch scratches scratched dent "
     "dents "
     "dented stain stains stained contamination contaminations contaminated blowhole blowholes porosity burr burrs "
     "rust rusty corrosion deformation deformed misaligned misalignment fray frayed uneven beschadigt beschaedigt "
     "beschadigung "
     "beschaedigung kratzer riss risse delle dellen rayure rayures fissure fissures rasguno grieta graffio 划痕 裂纹"},
    {Word::Mask,
     "mask masks maske masken masque masques mascara mascaras maschera maschere gt gts groundtruth groundtruths "
     "segmentation segmentations segm segmentationmask binarymask"},
    {Word::Label, "label labels annotation annotations annotated annot annots truth seg"},
    {Word::Picture,
     "overlay overlays heatmap heatmaps anomalymap anomalymaps scoremap scoremaps thumbnail thumbnails thumb thumbs "
     "preview previews pred preds visualization visualizations visualisation visualisations vis prediction predictions "
     "predicted "
     "saliency depth xyz"},
    {Word::Not, "not no non nicht kein keine keinen ohne sans pas sin senza sem without zonder"},
    {Word::Free, "free frei freie freies libre less los"},
    {Word::Neutral,
     "image images img imgs picture pictures pic pics photo photos foto fotos bild bilder frame frames data rgb color "
     "colour original originals file files folder set sets dataset class classes sample samples part parts teil teile "
     "piece pieces pieza piezas piece product products train training test testing binary pixel pixels level png bmp "
     "jpg all the in of"},
};

constexpr std::string_view kContainers =
    "images image imgs img pictures picture pics photos photo fotos foto bilder bild frames data rgb originals raw "
    "input inputs";

template <typename Visit>
void for_each_word(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const auto end = text.find(' ');
    if (end != 0) visit(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

const std::unordered_map<std::string_view, Word>& dictionary() {
  static const auto words = [] {
    std::unordered_map<std::string_view, Word> out;
    for (const WordRow& row : kTable)
      for_each_word(row.words, [&](std::string_view word) { out.emplace(word, row.meaning); });
    return out;
  }();
  return words;
}

}  // namespace

std::optional<Word> meaning_of(std::string_view word) {
  const auto found = dictionary().find(word);
  if (found != dictionary().end()) return found->second;
  const bool digits = std::all_of(word.begin(), word.end(), [](char c) { return c >= '0' && c <= '9'; });
  return digits ? std::optional(Word::Neutral) : std::nullopt;
}

bool is_container_word(std::string_view word) {
  bool found = false;
  for_each_word(kContainers, [&](std::string_view one) { found = found || one == word; });
  return found;
}

}  // namespace vigie
