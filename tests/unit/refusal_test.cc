// Refusals: what they carry, how they travel, that they stay small, and that every sentence is there in both
// languages.
#include "libs/refusal/refusal.h"

#include <set>

#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "gtest/gtest.h"
#include "libs/refusal/sentences.h"
#include "libs/text/utf8.h"

namespace kepu::refusal {
namespace {

using ::testing::HasSubstr;

// gRPC sends at most 8 KiB of metadata by default; the details go in base64, four bytes for three.
constexpr size_t kMaxWireBytes = 5500;

template <class Detail>
std::vector<Detail> DetailsOfType(const google::rpc::Status& wire) {
  std::vector<Detail> found;
  for (const auto& any : wire.details()) {
    Detail detail;
    if (any.Is<Detail>() && any.UnpackTo(&detail)) found.push_back(detail);
  }
  return found;
}

TEST(Refusal, CarriesReasonParametersAndSentences) {
  const absl::Status status = NotFound("venues/cqstm");
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(status.message(), "venues/cqstm does not exist, or is not yours to see.");
  EXPECT_EQ(ReasonOf(status), "NOT_FOUND");
  EXPECT_EQ(ParamOf(status, "name"), "venues/cqstm");
  EXPECT_EQ(ParamOf(status, "other"), "");
  // One without a value takes nothing from those behind it.
  const absl::Status two = Refuse(absl::StatusCode::kAborted, "BUSY", {{"first", ""}, {"second", "2"}});
  EXPECT_EQ(ParamOf(two, "second"), "2");
  const google::rpc::Status wire = ToWire(status);
  EXPECT_EQ(wire.code(), 5);
  const auto infos = DetailsOfType<google::rpc::ErrorInfo>(wire);
  ASSERT_EQ(infos.size(), 1);
  EXPECT_EQ(infos[0].domain(), "kepu");
  const auto sentences = DetailsOfType<google::rpc::LocalizedMessage>(wire);
  ASSERT_EQ(sentences.size(), 2);
  EXPECT_EQ(sentences[0].locale(), "zh-CN");
  EXPECT_EQ(sentences[0].message(), "找不到 venues/cqstm，或您无权查看。");
  EXPECT_EQ(sentences[1].locale(), "en");
  EXPECT_EQ(sentences[1].message(), std::string(status.message()));
}

TEST(Refusal, TheWireFormComesBackTheSame) {
  for (const absl::Status& status :
       {NotFound("a/b"), BadField("session.title", "is required"),
        TryLater(absl::StatusCode::kUnavailable, "BUSY", absl::Milliseconds(1500), {{"n", "3"}}),
        Refuse(absl::StatusCode::kAborted, "SOMETHING_NEW_OF_A_LATER_RELEASE")}) {
    const google::rpc::Status wire = ToWire(status);
    const absl::Status back = FromWire(wire);
    EXPECT_EQ(back.code(), status.code());
    EXPECT_EQ(back.message(), status.message());
    EXPECT_EQ(ReasonOf(back), ReasonOf(status));
    // A service that passes on what another one answered adds nothing.
    EXPECT_EQ(ToWire(back).SerializeAsString(), wire.SerializeAsString());
  }
  EXPECT_TRUE(FromWire(google::rpc::Status()).ok());
  google::rpc::Status odd;
  odd.set_code(99);
  EXPECT_EQ(FromWire(odd).code(), absl::StatusCode::kUnknown);
}

TEST(Refusal, EveryStatusGetsExactlyOneReason) {
  for (int code = 1; code <= 16; ++code) {
    const google::rpc::Status wire =
        ToWire(absl::Status(static_cast<absl::StatusCode>(code), "what happened"));
    const auto infos = DetailsOfType<google::rpc::ErrorInfo>(wire);
    ASSERT_EQ(infos.size(), 1);
    EXPECT_EQ(infos[0].reason(), absl::StatusCodeToString(static_cast<absl::StatusCode>(code)));
    EXPECT_EQ(DetailsOfType<google::rpc::LocalizedMessage>(wire).size(), 2);
    EXPECT_NE(Sentence(infos[0].reason(), "en", {}), infos[0].reason()) << "no row for " << infos[0].reason();
  }
}

TEST(Refusal, MessagesThatWereNotForCallersStayInside) {
  EXPECT_EQ(ToWire(absl::InternalError("/run/redis.sock")).message(), Sentence("INTERNAL", "en", {}));
  EXPECT_EQ(ToWire(absl::UnavailableError("10.0.0.1:6379")).message(), Sentence("UNAVAILABLE", "en", {}));
  EXPECT_EQ(ToWire(absl::NotFoundError("no such hall")).message(), "no such hall");
}

TEST(Refusal, TryLaterSaysWhen) {
  const auto retry = DetailsOfType<google::rpc::RetryInfo>(
      ToWire(TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::Milliseconds(1500))));
  ASSERT_EQ(retry.size(), 1);
  EXPECT_EQ(retry[0].retry_delay().seconds(), 1);
  EXPECT_EQ(retry[0].retry_delay().nanos(), 500'000'000);
  const auto bounded = DetailsOfType<google::rpc::RetryInfo>(
      ToWire(TryLater(absl::StatusCode::kResourceExhausted, "BUSY", absl::InfiniteDuration())));
  EXPECT_EQ(bounded[0].retry_delay().seconds(), 24 * 3600);
}

TEST(FieldErrors, CollectInOrderAndAreOkWhenEmpty) {
  FieldErrors errors;
  EXPECT_TRUE(errors.empty());
  EXPECT_TRUE(errors.ToStatus().ok());
  errors.Add("a", "is required");
  errors.Add("b[2].c", "must be from 1 to 5");
  const absl::Status status = errors.ToStatus();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "a: is required; b[2].c: must be from 1 to 5");
  const auto bad = DetailsOfType<google::rpc::BadRequest>(ToWire(status));
  ASSERT_EQ(bad.size(), 1);
  ASSERT_EQ(bad[0].field_violations_size(), 2);
  EXPECT_EQ(bad[0].field_violations(1).field(), "b[2].c");
  EXPECT_EQ(bad[0].field_violations(1).description(), "must be from 1 to 5");
  EXPECT_EQ(ParamOf(status, "count"), "2");
}

TEST(Refusal, StaysSmallWhateverGoesIn) {
  const std::string long_text(100'000, 'x');
  const std::string long_chinese = [] {
    std::string text;
    for (int i = 0; i < 10'000; ++i) text += "科普";
    return text;
  }();
  FieldErrors many;
  for (int i = 0; i < 1000; ++i) many.Add("field", "has a rule of some length that goes on and on and on");
  Params params;
  for (int i = 0; i < 100; ++i) params.emplace_back(absl::StrCat("a parameter, number ", i), long_chinese);
  for (const absl::Status& status :
       {NotFound(long_text), NotFound(long_chinese), BadField(long_text, long_chinese),
        BadField("f", long_text), many.ToStatus(), Refuse(absl::StatusCode::kAborted, "BUSY", params)}) {
    const google::rpc::Status wire = ToWire(status);
    EXPECT_LE(wire.ByteSizeLong(), kMaxWireBytes);
    EXPECT_TRUE(text::IsUtf8(wire.message()));
    EXPECT_LE(wire.message().size(), 400);
  }
}

TEST(Refusal, BytesThatAreNotTextAreMended) {
  const google::rpc::Status wire = ToWire(NotFound("venues/\xff\xc0x"));
  google::rpc::Status parsed;
  ASSERT_TRUE(parsed.ParseFromString(wire.SerializeAsString()));
  EXPECT_EQ(ParamOf(FromWire(parsed), "name"), "venues/\xef\xbf\xbd\xef\xbf\xbdx");
}

TEST(Refusal, AForeignPayloadIsNotTrusted) {
  absl::Status status = absl::AbortedError("x");
  status.SetPayload("kepu.refusal", absl::Cord("\xff\xff no message"));
  EXPECT_EQ(ReasonOf(status), "");
  EXPECT_EQ(DetailsOfType<google::rpc::ErrorInfo>(ToWire(status)).size(), 1);
}

TEST(Sentences, FillWhatTheyHaveAndLeaveTheRest) {
  EXPECT_EQ(Sentence("NOT_FOUND", "zh-CN", {{"name", "甲"}}), "找不到 甲，或您无权查看。");
  EXPECT_THAT(Sentence("NOT_FOUND", "en", {}), HasSubstr("{name}"));
  EXPECT_EQ(Sentence("NOT_FOUND", "zh", {{"name", "{name}"}}), "找不到 {name}，或您无权查看。");
  EXPECT_EQ(Sentence("NEVER_HEARD_OF", "en", {}), "NEVER_HEARD_OF");
}

TEST(Sentences, StandOnceAreUpperSnakeAndSaySomethingInBothLanguages) {
  std::set<std::string> seen;
  for (const SentenceRow& row : AllSentences()) {
    const std::string reason = row.reason;
    EXPECT_TRUE(seen.insert(reason).second) << reason << " stands twice";
    EXPECT_EQ(reason.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"), std::string::npos) << reason;
    for (const std::string sentence : {row.zh, row.en}) {
      EXPECT_TRUE(text::IsUtf8(sentence)) << reason;
      EXPECT_FALSE(sentence.empty()) << reason;
      EXPECT_EQ(std::count(sentence.begin(), sentence.end(), '{'),
                std::count(sentence.begin(), sentence.end(), '}'))
          << reason;
    }
    const bool chinese = std::any_of(row.zh, row.zh + std::string(row.zh).size(),
                                     [](char c) { return (static_cast<unsigned char>(c) & 0x80) != 0; });
    EXPECT_TRUE(chinese) << reason << " has no Chinese";
  }
}

}  // namespace
}  // namespace kepu::refusal

namespace kepu::text {
namespace {

TEST(Utf8, TellsGoodFromBad) {
  for (const char* good :
       {"", "a", "é", "科", "\U0001f600", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"}) {
    EXPECT_TRUE(IsUtf8(good)) << good;
    EXPECT_EQ(MendUtf8(good), good);
  }
  EXPECT_TRUE(IsUtf8(absl::string_view("a\0b", 3)));
  // Overlong, surrogate, too large, cut off, lone continuation.
  for (const char* bad : {"\xc0\xaf", "\xe0\x80\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80",
                          "\xe7\xa7", "\x80", "a\xff", "\xc3(", "\xf0\x9f\x98"}) {
    EXPECT_FALSE(IsUtf8(bad));
    EXPECT_TRUE(IsUtf8(MendUtf8(bad)));
  }
  EXPECT_EQ(MendUtf8("a\xff科"), "a\xef\xbf\xbd科");
}

TEST(Utf8, CutsBetweenCharacters) {
  EXPECT_EQ(CutUtf8("科普", 5), "科");
  EXPECT_EQ(CutUtf8("科普", 6), "科普");
  EXPECT_EQ(CutUtf8("科普", 2), "");
  EXPECT_EQ(CutUtf8("ab", 1), "a");
}

}  // namespace
}  // namespace kepu::text
