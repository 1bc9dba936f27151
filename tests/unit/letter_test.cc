// Letters as PDF, read back by the tools of poppler.
#include "libs/letter/letter.h"

#include <cstdio>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/temporary_folder.h"

namespace kepu::letter {
namespace {

using ::testing::HasSubstr;

constexpr char kText[] = "pdftotext -layout";
constexpr char kPicture[] = "pdftoppm -r 30 -png";

Letter Sample(size_t rows) {
  Letter letter;
  letter.title = "志愿服务记录证明";
  letter.subtitle = "Certificate of Volunteer Service";
  letter.fields = {{"姓名 Name", "欧阳小明"}, {"编号 Number", "2026-CQSTM-000017"}};
  letter.paragraphs = {"上述志愿者共服务 12.5 小时。", "The volunteer named above served 12.5 hours."};
  letter.seal = {"（盖章处）", "重庆科技馆"};
  letter.code = "https://kepu.example/verify?number=2026-CQSTM-000017";
  letter.beside_code = {"扫码核验"};
  letter.annex = {"附件 Annex", {"日期", "地点", "分钟"}, {2, 3, 1}, {}};
  for (size_t i = 0; i < rows; ++i)
    letter.annex.rows.push_back({absl::StrCat("row-", i), "venues/cqstm", "90"});
  letter.footer = "2026-CQSTM-000017";
  letter.made = absl::FromUnixSeconds(1'795'000'000);
  return letter;
}

class LetterTest : public ::testing::Test {
 protected:
  // What a program of poppler prints about the letter.
  std::string Told(const std::string& pdf, const std::string& command) {
    const std::string path = folder_.path("letter.pdf");
    std::ofstream(path, std::ios::binary) << pdf;
    return Output(absl::StrCat(command, " ", path, command == std::string(kText) ? " -" : ""));
  }
  static std::string Output(const std::string& line) {
    std::string text;
    FILE* pipe = popen(line.c_str(), "r");
    if (pipe == nullptr) return text;
    char buffer[4096];
    for (size_t got = 0; (got = fread(buffer, 1, sizeof(buffer), pipe)) > 0;) text.append(buffer, got);
    EXPECT_EQ(pclose(pipe), 0) << line;
    return text;
  }
  TemporaryFolder folder_;
};

TEST_F(LetterTest, SaysWhatItWasGivenInBothLanguages) {
  const auto pdf = RenderPdf(Sample(3));
  ASSERT_TRUE(pdf.ok()) << pdf.status();
  const std::string text = Told(*pdf, kText);
  for (const char* part : {"志愿服务记录证明", "Certificate of Volunteer Service", "欧阳小明",
                           "2026-CQSTM-000017", "12.5", "盖章处", "重庆科技馆", "row-0", "row-2", "扫码核验"})
    EXPECT_THAT(text, HasSubstr(part));
}

TEST_F(LetterTest, FlowsOverAsManyPagesAsTheRowsTake) {
  for (const auto& [rows, pages] : {std::pair<size_t, int>{0, 1}, {1, 2}, {40, 3}, {500, 15}}) {
    const auto pdf = RenderPdf(Sample(rows));
    ASSERT_TRUE(pdf.ok()) << pdf.status();
    EXPECT_THAT(Told(*pdf, "pdfinfo"), ::testing::ContainsRegex(absl::StrCat("Pages: +", pages, "\n")))
        << rows;
    if (rows == 0) continue;
    const std::string text = Told(*pdf, kText);
    for (size_t i = 0; i < rows; i += 7) EXPECT_THAT(text, HasSubstr(absl::StrCat("row-", i, " ")));
    EXPECT_THAT(text, HasSubstr(absl::StrCat(pages, " / ", pages)));
  }
}

TEST_F(LetterTest, GivesTheSameBytesForTheSameLetter) {
  const auto one = RenderPdf(Sample(50)), again = RenderPdf(Sample(50));
  Letter other = Sample(50);
  other.fields[0].second = "李明";
  ASSERT_TRUE(one.ok() && again.ok());
  EXPECT_EQ(*one, *again);
  EXPECT_NE(*one, *RenderPdf(other));
}

TEST_F(LetterTest, DrawsSomething) {
  const auto pdf = RenderPdf(Sample(1));
  ASSERT_TRUE(pdf.ok());
  const std::string picture = Told(*pdf, kPicture);
  EXPECT_TRUE(absl::StartsWith(picture, "\x89PNG"));
  Letter bare = Sample(1);
  bare.code.clear();
  EXPECT_NE(picture, Told(*RenderPdf(bare), kPicture)) << "the code is not drawn";
}

TEST_F(LetterTest, RefusesMoreThanFits) {
  EXPECT_EQ(RenderPdf(Sample(kRowsMax + 1)).status().code(), absl::StatusCode::kInvalidArgument);
  Letter letter = Sample(1);
  letter.code = std::string(kCodeBytesMax + 1, 'a');
  EXPECT_EQ(RenderPdf(letter).status().code(), absl::StatusCode::kInvalidArgument);
  letter = Sample(1);
  letter.paragraphs.assign(60, "很长的一段");
  EXPECT_EQ(RenderPdf(letter).status().code(), absl::StatusCode::kInvalidArgument);
  letter = Sample(1);
  letter.annex.shares.pop_back();
  EXPECT_EQ(RenderPdf(letter).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace kepu::letter
