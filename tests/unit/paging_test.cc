// Page sizes and page tokens.
#include "libs/paging/paging.h"

#include <random>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "libs/refusal/refusal.h"

namespace kepu::paging {
namespace {

using ::testing::HasSubstr;

constexpr char kSecret[] = "a secret of at least sixteen bytes";

TEST(PageSize, DefaultsClampsAndRefuses) {
  EXPECT_EQ(*PageSize(0), 50);
  EXPECT_EQ(*PageSize(1), 1);
  EXPECT_EQ(*PageSize(100), 100);
  EXPECT_EQ(*PageSize(101), 100);
  EXPECT_EQ(*PageSize(INT32_MAX), 100);
  EXPECT_THAT(std::string(PageSize(-1).status().message()), HasSubstr("page_size"));
}

TEST(FilterDigest, KeepsPartsApart) {
  EXPECT_EQ(FilterDigest({"ab", "c"}), FilterDigest({"ab", "c"}));
  EXPECT_NE(FilterDigest({"ab", "c"}), FilterDigest({"a", "bc"}));
  EXPECT_NE(FilterDigest({"ab"}), FilterDigest({"ab", ""}));
  EXPECT_NE(FilterDigest({"1:a"}), FilterDigest({"1", "a"}));
}

TEST(Pager, OpensWhatItSealed) {
  const Pager pager(kSecret);
  const std::string digest = FilterDigest({"events", "open"});
  for (const std::string& key : {std::string("a"), std::string("2027-03-01T09:00:00Z events/night"),
                                 std::string("\0\xff", 2), std::string(kMaxSortKeyBytes, 'k')}) {
    const std::string token = pager.Encode(digest, key);
    EXPECT_EQ(token.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_="),
              std::string::npos);
    EXPECT_EQ(*pager.Decode(token, digest), key);
    // Another replica has the same key; the same page has the same token.
    EXPECT_EQ(*Pager(kSecret).Decode(token, digest), key);
    EXPECT_EQ(Pager(kSecret).Encode(digest, key), token);
  }
  EXPECT_EQ(pager.Encode(digest, ""), "");
  EXPECT_EQ(*pager.Decode("", digest), "");
}

TEST(Pager, ATokenSaysNothing) {
  const std::string token = Pager(kSecret).Encode(FilterDigest({"x"}), "events/secret-name");
  EXPECT_EQ(token.find("secret"), std::string::npos);
}

TEST(Pager, RefusesOtherFiltersOtherSecretsAndForgeries) {
  const Pager pager(kSecret);
  const std::string digest = FilterDigest({"events", "open"});
  const std::string token = pager.Encode(digest, "events/night");
  const auto refused = [&](const Pager& by, const std::string& given, const std::string& filter) {
    const auto key = by.Decode(given, filter);
    return key.status().code() == absl::StatusCode::kInvalidArgument &&
           key.status().message().find("page_token") != absl::string_view::npos;
  };
  EXPECT_TRUE(refused(pager, token, FilterDigest({"events", "all"})));
  EXPECT_TRUE(refused(Pager("another secret of sixteen bytes"), token, digest));
  for (const std::string& forged : {std::string("x"), std::string("!!!!"), token + "A", token.substr(1),
                                    token.substr(0, token.size() - 4), std::string(100'000, 'A'),
                                    std::string(40, 'A'), std::string(80, 'A')}) {
    EXPECT_TRUE(refused(pager, forged, digest)) << forged.substr(0, 100);
  }
}

TEST(Pager, NoChangedCharacterIsAccepted) {
  const uint64_t seed = std::random_device{}();
  SCOPED_TRACE(seed);
  std::mt19937_64 random(seed);
  const Pager pager(kSecret);
  const std::string digest = FilterDigest({"f"});
  // A length without unused bits at the end of the base64 text.
  const std::string token = pager.Encode(digest, std::string(2, 'k'));
  ASSERT_EQ(token.size() % 4, 0);
  const std::string alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  for (int i = 0; i < 20'000; ++i) {
    std::string changed = token;
    char& c = changed[random() % changed.size()];
    const char other = alphabet[random() % alphabet.size()];
    if (c == other) continue;
    c = other;
    ASSERT_FALSE(pager.Decode(changed, digest).ok()) << changed;
  }
}

TEST(Pager, DefectsOfTheCallerEndTheProcess) {
  EXPECT_DEATH(Pager("short"), "too short");
  EXPECT_DEATH(Pager(kSecret).Encode("d", std::string(kMaxSortKeyBytes + 1, 'k')), "too long");
}

}  // namespace
}  // namespace kepu::paging
