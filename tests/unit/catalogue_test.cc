// Lists of a read model: scopes, order, pages with and without an end, and resources that move between lists.
#include "libs/projection/catalogue.h"

#include <memory>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/wrappers.pb.h"
#include "gtest/gtest.h"

namespace kepu::projection {
namespace {

using ::google::protobuf::StringValue;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::shared_ptr<StringValue> Value(const std::string& text) {
  auto value = std::make_shared<StringValue>();
  value->set_value(text);
  return value;
}

class CatalogueTest : public ::testing::Test {
 protected:
  void Keep(const std::string& name, const std::string& key, std::vector<std::string> scopes = {"all"}) {
    catalogue.Keep(name, Value(name), std::move(scopes), key);
  }
  // Every page is two long.
  std::vector<std::string> Listed(const std::string& scope, const std::string& after = "",
                                  const std::string& until = "", const Catalogue::Match& match = nullptr) {
    std::vector<std::string> names;
    std::string at = after;
    do {
      const Catalogue::Page page = catalogue.ListUntil(scope, at, until, 2, match);
      EXPECT_LE(page.items, 2u);
      absl::string_view bytes = page.bytes;
      for (size_t i = 0; i < page.items; ++i) {
        EXPECT_EQ(bytes[0], '\x0a') << "field 1 of the list";
        StringValue value;
        const auto size = static_cast<size_t>(bytes[1]);
        EXPECT_TRUE(value.ParseFromArray(bytes.data() + 2, static_cast<int>(size)));
        names.push_back(value.value());
        bytes.remove_prefix(2 + size);
      }
      EXPECT_TRUE(bytes.empty());
      at = page.next_after;
    } while (!at.empty());
    return names;
  }

  Catalogue catalogue;
};

TEST_F(CatalogueTest, IsInTheOrderOfTheKeysAndOfTheNamesUnderOneKey) {
  Keep("c", "2");
  Keep("b", "2");
  Keep("a", "3");
  Keep("d", "1");
  Keep("e", "10");
  EXPECT_THAT(Listed("all"), ElementsAre("d", "e", "b", "c", "a")) << "a key that begins another comes first";
  EXPECT_THAT(Listed("none"), IsEmpty());
  EXPECT_EQ(catalogue.size(), 5u);
}

TEST_F(CatalogueTest, EndsBeforeTheKeyThatIsGiven) {
  for (int i = 1; i <= 6; ++i) Keep(std::string(1, static_cast<char>('a' + i)), std::to_string(i));
  EXPECT_THAT(Listed("all", "", "4"), ElementsAre("b", "c", "d")) << "what has the key itself is not in it";
  EXPECT_THAT(Listed("all", "3", "5"), ElementsAre("d", "e"))
      << "a key without a name comes before its names";
  EXPECT_THAT(Listed("all", "", "0"), IsEmpty());
  EXPECT_THAT(Listed("all", "5", "3"), IsEmpty());
  EXPECT_EQ(catalogue.ListUntil("all", "", "3", 2).next_after, "") << "nothing more before the end";
  EXPECT_NE(catalogue.ListUntil("all", "", "4", 2).next_after, "");
}

TEST_F(CatalogueTest, IsNarrowedByWhatAResourceSays) {
  for (const char* name : {"a", "bb", "c", "dd", "ee"}) Keep(name, name);
  const auto two = [](const google::protobuf::Message& message) {
    return static_cast<const StringValue&>(message).value().size() == 2;
  };
  EXPECT_THAT(Listed("all", "", "", two), ElementsAre("bb", "dd", "ee"));
  EXPECT_THAT(Listed("all", "", "ee", two), ElementsAre("bb", "dd"));
  catalogue.Put("ff", *Value("ff"), {"all"}, "ff");
  EXPECT_THAT(Listed("all", "", "", two), ElementsAre("bb", "dd", "ee")) << "only what is kept can be asked";
}

TEST_F(CatalogueTest, AResourceLeavesTheListsThatItIsNoLongerIn) {
  Keep("a", "1", {"north", "all"});
  Keep("b", "2", {"north", "all"});
  Keep("a", "3", {"south", "all"});
  EXPECT_THAT(Listed("north"), ElementsAre("b"));
  EXPECT_THAT(Listed("south"), ElementsAre("a"));
  EXPECT_THAT(Listed("all"), ElementsAre("b", "a"));
  catalogue.Remove("b");
  EXPECT_THAT(Listed("north"), IsEmpty());
  EXPECT_EQ(catalogue.Get("b"), nullptr);
  EXPECT_NE(catalogue.Find("a"), nullptr);
  EXPECT_EQ(catalogue.size(), 1u);
}

}  // namespace
}  // namespace kepu::projection
