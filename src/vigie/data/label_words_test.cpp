#include "vigie/data/label_words.h"

#include <gmock/gmock.h>

#include "vigie/data/companions.h"
#include "vigie/data/layout_table.h"

namespace vigie {
namespace {

using testing::ElementsAre;

TEST(LabelOf, KnowsGoodInManyWordsAndLanguages) {
  for (const char* word : {"good",        "Good",        "GOOD",          "ok",
                           "OK",          "OK_parts",    "ok_front",      "ok1",
                           "normal",      "Normals",     "pass",          "passed",
                           "io",          "i.O.",        "I.O.",          "iO",
                           "i. O.",       "i.O._2024",   "in Ordnung",    "gut",
                           "Gutteile",    "bon",         "bonnes pièces", "buono",
                           "bueno",       "conforme",    "fehlerfrei",    "defect-free",
                           "defect_free", "DefectFree",  "no_defect",     "non defective",
                           "ohne Fehler", "sans défaut", "kein_defekt",   "MT_Free",
                           "not_bad",     "train_good",  "clean",         "良品",
                           "正常"})
    EXPECT_EQ(label_of(word), LabelKind::Good) << word;
}

TEST(LabelOf, KnowsDefectsInManyWordsAndLanguages) {
  for (const char* word : {"bad",
                           "NG",
                           "ng_1",
                           "nok",
                           "NOK",
                           "N.O.K.",
                           "ko",
                           "KO",
                           "nio",
                           "n.i.O.",
                           "N.I.O.",
                           "niO",
                           "nIO",
                           "n_ok",
                           "not_ok",
                           "NotOK",
                           "not ok 2",
                           "no good",
                           "nicht in Ordnung",
                           "nicht i.O.",
                           "defect",
                           "defective",
                           "def_front",
                           "defekt",
                           "défaut",
                           "défectueux",
                           "de\xCC\x81"
                           "faut",
                           "difetto",
                           "non conforme",
                           "pas bon",
                           "fail",
                           "FAILED",
                           "reject",
                           "rejects",
                           "scrap",
                           "Ausschuss",
                           "anomaly",
                           "logical_anomalies",
                           "abnormal",
                           "outliers",
                           "faulty_imprint",
                           "broken_large",
                           "scratch",
                           "crack",
                           "MT_Crack",
                           "damaged_label",
                           "不良",
                           "缺陷"})
    EXPECT_EQ(label_of(word), LabelKind::Defect) << word;
}

TEST(LabelOf, KnowsWhatShowsNoPart) {
  for (const char* word : {"mask",         "masks",      "Masken",    "ground_truth", "Ground Truth", "GroundTruth",
                           "gt",           "GT",         "label",     "labels",       "annotations",  "overlay",
                           "overlays",     "heatmap",    "heat_maps", "anomaly_maps", "mask_bad",     "good_masks",
                           "scratch_mask", "train_mask", "test_gt",   "thumbnails"})
    EXPECT_EQ(label_of(word), LabelKind::NotAPart) << word;
}

TEST(LabelOf, SaysNothingOfWhatItDoesNotKnowOrWhatContradictsItself) {
  for (const char* word : {"", "cam1", "hole", "color", "combined", "missing_mask", "wrong_label", "clean_cut", "kos01",
                           "good_bad", "ok_scratch", "train", "images", "2024", "bottle", "001", "print", "thread_top"})
    EXPECT_EQ(label_of(word), LabelKind::Unknown) << word;
}

TEST(LabelOfValue, ReadsNumbersAndTruthValuesOfLists) {
  for (const char* value : {"0", "0.0", "false", "False", "FALSE", "good", "i.O.", "pass"})
    EXPECT_EQ(label_of_value(value), LabelKind::Good) << value;
  for (const char* value : {"1", "1.0", "true", "True", "-1", "n.i.O.", "fail"})
    EXPECT_EQ(label_of_value(value), LabelKind::Defect) << value;
  EXPECT_EQ(label_of_value("2"), LabelKind::Unknown);
}

TEST(LabelOfFileName, TakesPlainWordsAndNoHashes) {
  EXPECT_EQ(label_of_file_name("ng_001"), LabelKind::Defect);
  EXPECT_EQ(label_of_file_name("IMG-0007-NOK"), LabelKind::Defect);
  EXPECT_EQ(label_of_file_name("ng01"), LabelKind::Defect);
  EXPECT_EQ(label_of_file_name("001_n.i.O."), LabelKind::Defect);
  EXPECT_EQ(label_of_file_name("ok_001"), LabelKind::Good);
  for (const char* name : {"000", "crack_detector_7", "bad91230", "3bad9", "IMG_0001", "kos01"})
    EXPECT_EQ(label_of_file_name(name), LabelKind::Unknown) << name;
}

TEST(IsPlainDefect, TellsADefectFromAKindOfDefect) {
  for (const char* word : {"bad", "NG", "ko", "n.i.O.", "not_ok", "anomaly", "defective"})
    EXPECT_TRUE(is_plain_defect(word)) << word;
  for (const char* word : {"scratch", "def_front", "logical_anomalies", "good", "hole"})
    EXPECT_FALSE(is_plain_defect(word)) << word;
}

TEST(WordsOf, PartsNamesAndJoinsSingleLetters) {
  EXPECT_THAT(words_of("n.i.O. Teile_2"), ElementsAre("nio", "teile", "2"));
  EXPECT_THAT(words_of("GroundTruth"), ElementsAre("ground", "truth"));
  EXPECT_EQ(folded("Défaut ß Ł"), "defaut ss l");
}

TEST(PlaceOf, KnowsTheFoldersOfTheLayouts) {
  for (const char* name : {"train", "Train", "TRAINING", "train_good", "train_set", "train images"})
    EXPECT_EQ(place_of(name), Place::Train) << name;
  for (const char* name : {"test", "Test", "test_public", "testing", "test_bad"})
    EXPECT_EQ(place_of(name), Place::Test) << name;
  for (const char* name : {"validation", "val"}) EXPECT_EQ(place_of(name), Place::Validation) << name;
  for (const char* name : {"test_private", "test_private_mixed"}) EXPECT_EQ(place_of(name), Place::Unlabelled) << name;
  for (const char* name : {"good", "trains", "test_bench_2", "cam1", ""})
    EXPECT_EQ(place_of(name), Place::None) << name;
}

TEST(CompanionName, TakesTheWordOffEitherEnd) {
  const auto base = [](const std::string& stem) {
    const auto name = companion_name(stem);
    return name ? name->base : "-";
  };
  EXPECT_EQ(base("000_mask"), "000");
  EXPECT_EQ(base("Part0_label"), "Part0");
  EXPECT_EQ(base("10000_GT"), "10000");
  EXPECT_EQ(base("000_mask_2"), "000");
  EXPECT_EQ(base("000_ground_truth"), "000");
  EXPECT_EQ(base("mask-000"), "000");
  EXPECT_EQ(base("000.png.overlay"), "000.png");
  EXPECT_EQ(base("000_heat_map"), "000");
  for (const char* stem : {"000", "mask", "unmasked", "000_regular", "", "7"}) EXPECT_EQ(base(stem), "-") << stem;
}

TEST(CompanionsAmong, LeavesAFolderAloneWhereAllAreCalledSo) {
  EXPECT_TRUE(companions_among({"p/mask_1.png", "p/mask_2.png"}).empty());
  const auto found = companions_among({"p/1.jpg", "p/1_mask.png", "p/2_overlay.png", "p/3_label.png"});
  ASSERT_EQ(found.size(), 2u);  // the label belongs to no image: it may be a part
  EXPECT_EQ(found[0].image, "p/1.jpg");
  EXPECT_TRUE(found[0].mask);
  EXPECT_EQ(found[1].image, "");
  EXPECT_FALSE(found[1].mask);
}

}  // namespace
}  // namespace vigie
