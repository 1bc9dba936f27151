// ID numbers: what is one after GB 11643, and that a number is one person's, whatever comes in between.
#include <map>
#include <optional>
#include <random>

#include "services/volunteer/domain/id_number.h"
#include "services/volunteer/domain/profile.h"
#include "tests/unit/volunteer_folded.h"

namespace kepu::volunteer::domain::id_number_test {
namespace {

const absl::CivilDay kToday(2026, 11, 16);

TEST(IdNumberTest, TheTableOfNumbers) {
  struct Row {
    const char* text;
    // What the refusal says; "" for a number.
    const char* rule;
    const char* normal = nullptr;
  };
  const Row rows[] = {
      {"11010519491231002X", ""},
      {"440524188001010014", ""},
      {"11010519491231002x", "", "11010519491231002X"},
      {"  11010519491231002X ", "", "11010519491231002X"},
      {"１１０１０５１９４９１２３１００２Ｘ", "", "11010519491231002X"},
      {"１１０１０５１９４９１２３１００２ｘ", "", "11010519491231002X"},
      {"500101201203010016", ""},
      {"500101201203010017", "check digit"},
      {"110105194912310021", "check digit"},
      {"11010519491231003X", "check digit"},
      {"", "18 characters"},
      {"1101051949123100", "18 characters"},
      {"11010519491231002X0", "18 characters"},
      {"110105491231002", "old form"},
      {"1101051949123100XX", "17 digits"},
      {"1101O519491231002X", "17 digits"},
      {"11010519491231002Y", "17 digits"},
      {"00010519491231002X", "region"},
      {"99010519491231002X", "region"},
      {"110105194902290029", "date of birth"},
      {"110105190002290023", "date of birth"},
      {"110105194913010020", "date of birth"},
      {"110105194900010020", "date of birth"},
      {"110105194904310020", "date of birth"},
      {"110105202611170020", "date of birth"},
      {"110105174912310020", "date of birth"},
      {"１１０１０５１９４９１２３１００２", "18 characters"},
      {"一一010519491231002X", "18 characters"},
  };
  for (const Row& row : rows) {
    auto number = ParseIdNumber("id_number", row.text, kToday);
    if (row.rule[0] == '\0') {
      ASSERT_TRUE(number.ok()) << row.text << number.status();
      EXPECT_EQ(number->text, row.normal != nullptr ? row.normal : row.text);
    } else {
      ASSERT_FALSE(number.ok()) << row.text;
      EXPECT_EQ(number.status().code(), absl::StatusCode::kInvalidArgument);
      EXPECT_NE(number.status().ToString().find(row.rule), std::string::npos)
          << row.text << ": " << number.status();
    }
  }
  EXPECT_EQ(ParseIdNumber("f", "11010519491231002X", kToday)->born, absl::CivilDay(1949, 12, 31));
  // 29 February exists in a leap year.
  EXPECT_NE(ParseIdNumber("f", "110105200002290020", kToday).status().ToString().find("check digit"),
            std::string::npos);
}

TEST(IdNumberTest, EveryWrongDigitAndEverySwapOfNeighboursIsSeen) {
  const std::string good = "11010519491231002X";
  for (size_t at = 0; at < good.size() - 1; ++at) {
    for (char digit = '0'; digit <= '9'; ++digit) {
      std::string wrong = good;
      wrong[at] = digit;
      EXPECT_EQ(ParseIdNumber("f", wrong, kToday).ok(), wrong == good) << wrong;
    }
    std::string swapped = good;
    std::swap(swapped[at], swapped[at + 1]);
    EXPECT_EQ(ParseIdNumber("f", swapped, kToday).ok(), swapped == good) << swapped;
  }
}

TEST(IdNumberTest, ShowsThreeAndFour) {
  EXPECT_EQ(MaskedIdNumber("11010519491231002X"), "110***********002X");
  EXPECT_EQ(MaskedIdNumber(""), "");
}

struct World {
  World() {
    for (int who = 0; who < 3; ++who) {
      RegisterCommand command = MakeRegister(absl::StrCat("p", who));
      people[who].Do(DecideRegister(people[who].state, command, rules, kMonday));
    }
  }
  absl::Time Tick() { return now += absl::Microseconds(1); }
  // What the calls and chores do, one step each.
  bool Take(int number, int who) {
    auto facts = DecideTake(entries[number].state, absl::StrCat("n", number), absl::StrCat("p", who),
                            absl::StrCat("sealed ", number), Tick());
    if (!facts.ok()) return false;
    entries[number].Do(facts);
    return true;
  }
  record::IdNumberRef RefOf(int number) {
    record::IdNumberRef ref;
    ref.set_id(absl::StrCat("n", number));
    ref.set_taken_us(entries[number].state.head().taken_us());
    return ref;
  }
  // Between these two another step may come.
  struct Put {
    int number, who;
    record::IdNumberRef ref;
    std::string sealed;
    bool with_person = false;
  };
  std::optional<Put> ReadEntry(int number) {
    const record::IdNumberHead& head = entries[number].state.head();
    if (head.state() != record::IdNumberHead::TAKEN) return std::nullopt;
    return Put{number, head.person()[1] - '0', RefOf(number), head.sealed()};
  }
  void PutAtPerson(Put& put) {
    people[put.who].Do(DecideIdNumber(people[put.who].state, put.ref, put.sealed, Tick()));
    put.with_person = HasIdNumber(people[put.who].state.head(), put.ref);
  }
  void Settle(const Put& put) {
    entries[put.number].Do(
        DecideSettled(entries[put.number].state, put.ref.taken_us(), put.with_person, Tick()));
  }
  void Free(int who) {
    if (people[who].state.head().id_numbers_left_size() == 0) return;
    const record::IdNumberRef left = people[who].state.head().id_numbers_left(0);
    const int number = left.id()[1] - '0';
    entries[number].Do(DecideFree(entries[number].state, absl::StrCat("p", who), left.taken_us(), Tick()));
    people[who].Do(DecideLeft(people[who].state, left, Tick()));
  }
  void Check() {
    std::map<std::string, int> holders;
    for (int who = 0; who < 3; ++who) {
      const record::PersonHead& head = people[who].state.head();
      if (!head.has_id_number()) continue;
      EXPECT_EQ(++holders[head.id_number().id()], 1) << "two people have " << head.id_number().id();
      const record::IdNumberHead& entry = entries[head.id_number().id()[1] - '0'].state.head();
      EXPECT_EQ(entry.person(), absl::StrCat("p", who));
      EXPECT_NE(entry.state(), record::IdNumberHead::FREE);
    }
  }
  Rules rules;
  Folded<Person> people[3];
  Folded<IdNumberEntry> entries[4];
  absl::Time now = kMonday;
};

// The steps of many submissions, changes and erasures interleaved as they may be with several replicas.
TEST(IdNumberTest, ANumberIsOnePersonsAtEveryStep) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    World world;
    std::vector<World::Put> reads, puts;
    for (int step = 0; step < 60; ++step) {
      const int number = static_cast<int>(random() % 4);
      const int who = static_cast<int>(random() % 3);
      const auto pick = [&](std::vector<World::Put>& from) {
        const size_t at = random() % from.size();
        World::Put one = from[at];
        // Now and then a step is done twice.
        if (random() % 4 != 0) from.erase(from.begin() + static_cast<long>(at));
        return one;
      };
      switch (random() % 6) {
        case 0:
        case 1:
          world.Take(number, who);
          break;
        case 2:
          if (auto put = world.ReadEntry(number)) reads.push_back(*put);
          break;
        case 3:
          if (reads.empty()) break;
          puts.push_back(pick(reads));
          world.PutAtPerson(puts.back());
          break;
        case 4:
          if (!puts.empty()) world.Settle(pick(puts));
          break;
        default:
          world.Free(who);
          if (random() % 20 == 0) world.people[who].Do(DecideErase(world.people[who].state, world.Tick()));
      }
      world.Check();
      if (::testing::Test::HasFailure()) return;
    }
    // The chores end it: nothing stays half done.
    for (int round = 0; round < 8; ++round) {
      for (int number = 0; number < 4; ++number) {
        if (auto put = world.ReadEntry(number)) {
          world.PutAtPerson(*put);
          world.Settle(*put);
        }
      }
      for (int who = 0; who < 3; ++who) world.Free(who);
    }
    world.Check();
    for (const auto& entry : world.entries) {
      const record::IdNumberHead& head = entry.state.head();
      EXPECT_NE(head.state(), record::IdNumberHead::TAKEN);
      EXPECT_EQ(head.sealed(), "");
      if (head.state() == record::IdNumberHead::HELD) {
        EXPECT_EQ(world.people[head.person()[1] - '0'].state.head().id_number().id(), head.id());
      }
      ExpectFoldGives(entry);
    }
    for (const auto& person : world.people) {
      EXPECT_EQ(person.state.head().id_numbers_left_size(), 0);
      ExpectFoldGives(person);
    }
  }
}

TEST(IdNumberTest, AnothersNumberIsRefusedAndNotWhose) {
  World world;
  ASSERT_TRUE(world.Take(0, 1));
  const absl::Status refused = DecideTake(world.entries[0].state, "n0", "p2", "s", world.Tick()).status();
  EXPECT_EQ(ReasonOf(refused), "ID_NUMBER_TAKEN");
  EXPECT_EQ(refused.code(), absl::StatusCode::kAlreadyExists);
  EXPECT_EQ(refused.ToString().find("p1"), std::string::npos);
  EXPECT_TRUE(world.Take(0, 1)) << "their own, again";
}

}  // namespace
}  // namespace kepu::volunteer::domain::id_number_test
