#include "libs/audit/desk.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "libs/audit/entry.h"
#include "libs/paging/paging.h"
#include "libs/refusal/refusal.h"

namespace kepu::audit {
namespace {

// Who sees what lies in their place: offices and staff. The city sees everything.
const std::vector<std::string>& OfficeRoles() {
  static const auto& roles =
      *new std::vector<std::string>{"district_admin", "town_office", "department",   "school_admin",
                                    "venue_admin",    "venue_staff", "caravan_crew", "coordinator"};
  return roles;
}

// One answer on its way: the spots still to be read, and what was found so far.
struct Page {
  Question question;
  Answered answered;
  size_t size = 0;
  std::string digest;
  std::vector<Spot> spots;
  size_t next = 0;  // of spots
  size_t skip = 0;  // entries of the next spot that an earlier page showed
  size_t read = 0;
  v1::ListAuditEntriesResponse answer;
};

std::string TokenOf(const Spot& spot, size_t skip) {
  return absl::StrCat(spot.seconds, "/", spot.partition, "/", spot.seq, "/", skip);
}

bool ReadToken(absl::string_view token, Spot& spot, size_t& skip) {
  const std::vector<absl::string_view> parts = absl::StrSplit(token, '/');
  return parts.size() == 4 && absl::SimpleAtoi(parts[0], &spot.seconds) &&
         absl::SimpleAtoi(parts[1], &spot.partition) && absl::SimpleAtoi(parts[2], &spot.seq) &&
         absl::SimpleAtoi(parts[3], &skip);
}

bool Names(const std::vector<std::string>& names, absl::string_view wanted) {
  for (const std::string& term : TermsOf(wanted)) {
    if (std::find(names.begin(), names.end(), term) != names.end()) return true;
  }
  return false;
}

class DeskImpl final : public Desk {
 public:
  explicit DeskImpl(Deps deps)
      : deps_(std::move(deps)),
        pager_(deps_.paging_secret),
        index_(deps_.fact_of),
        log_(deps_.store, deps_.executor, index_, FollowLog()) {}
  ~DeskImpl() override { *alive_ = false; }

  void Start() override { log_.Start(); }
  const Index& index() const override { return index_; }

  void List(Question question, Answered answered) override {
    auto page = std::make_shared<Page>();
    page->answered = std::move(answered);
    Question& asked = page->question;
    asked = std::move(question);
    if (asked.object.empty() && asked.person.empty()) asked.person = asked.principal.name;
    const absl::StatusOr<size_t> size = paging::PageSize(asked.page_size);
    if (!size.ok()) return page->answered(size.status());
    page->size = *size;
    page->digest = paging::FilterDigest({"audit", asked.object, asked.person, asked.principal.name,
                                         absl::StrCat(absl::ToUnixSeconds(asked.from)),
                                         absl::StrCat(absl::ToUnixSeconds(asked.until))});
    deps_.executor.Post([this, alive = alive_, page] {
      if (*alive) Find(page);
    });
  }

 private:
  static projection::FollowerOptions FollowLog() {
    projection::FollowerOptions options;
    options.poll = kAuditPoll;
    options.load = false;  // the index is over what happened, not over what is
    return options;
  }

  void Find(const std::shared_ptr<Page>& page) {
    if (!log_.Current()) {
      return page->answered(
          refusal::TryLater(absl::StatusCode::kUnavailable, "NOT_YET_VISIBLE", absl::Seconds(1)));
    }
    const Question& asked = page->question;
    page->spots = asked.object.empty() ? index_.OfPerson(asked.person) : index_.About(asked.object);
    if (!asked.object.empty() && !asked.person.empty()) Meet(*page);
    std::erase_if(page->spots, [&](const Spot& spot) {
      const absl::Time time = absl::FromUnixSeconds(spot.seconds);
      return time < asked.from || time >= asked.until;
    });
    const absl::StatusOr<std::string> token = pager_.Decode(asked.page_token, page->digest);
    if (!token.ok()) return page->answered(token.status());
    if (Spot from; !token->empty()) {
      if (!ReadToken(*token, from, page->skip))
        return page->answered(refusal::BadField("page_token", "was not made here"));
      page->next = static_cast<size_t>(std::lower_bound(page->spots.begin(), page->spots.end(), from) -
                                       page->spots.begin());
      if (page->next >= page->spots.size() || !(page->spots[page->next] == from)) page->skip = 0;
    }
    Read(page);
  }

  // What is of the object and of the person.
  void Meet(Page& page) const {
    const std::vector<Spot> theirs = index_.OfPerson(page.question.person);
    std::erase_if(page.spots,
                  [&](const Spot& spot) { return !std::binary_search(theirs.begin(), theirs.end(), spot); });
  }

  // One log entry after another, until the page is full.
  void Read(const std::shared_ptr<Page>& page) {
    if (page->next >= page->spots.size()) return page->answered(page->answer);
    if (page->read >= kEntriesReadMax || Full(*page)) return End(page, page->skip);
    ++page->read;
    const Spot spot = page->spots[page->next];
    deps_.store.ReadLog(
        spot.partition, spot.seq - 1, 1,
        [this, alive = alive_, page, spot](absl::StatusOr<std::vector<store::LogEntry>> entries) {
          if (!*alive) return;
          if (!entries.ok()) return page->answered(entries.status());
          if (!entries->empty() && !Take(*page, spot, entries->front())) return End(page, page->skip);
          ++page->next;
          page->skip = 0;
          // Not deeper and deeper where the store answers at once.
          deps_.executor.Post([this, alive, page] {
            if (*alive) Read(page);
          });
        });
  }

  static bool Full(const Page& page) { return static_cast<size_t>(page.answer.entries_size()) >= page.size; }

  void End(const std::shared_ptr<Page>& page, size_t skip) {
    page->answer.set_next_page_token(pager_.Encode(page->digest, TokenOf(page->spots[page->next], skip)));
    page->answered(page->answer);
  }

  // False when the page is full before the entry is through; `skip` then says how far it came.
  bool Take(Page& page, const Spot& spot, const store::LogEntry& entry) const {
    size_t shown = 0;
    for (const std::string& bytes : entry.groups) {
      log::v1::FactGroup group;
      if (!group.ParseFromString(bytes)) continue;
      for (const log::v1::AggregateFacts& facts : group.aggregates()) {
        const google::protobuf::Message* prototype = deps_.fact_of(facts.key());
        if (prototype == nullptr) continue;
        for (int i = 0; i < facts.facts_size(); ++i) {
          if (!Wanted(page, spot, facts, facts.facts(i), *prototype) || shown++ < page.skip) continue;
          if (Full(page)) {
            page.skip = shown - 1;
            return false;
          }
          Show(page, spot, group.time_us(), facts, i, *prototype);
        }
      }
    }
    return true;
  }

  static void Show(Page& page, const Spot& spot, int64_t time_us, const log::v1::AggregateFacts& facts, int i,
                   const google::protobuf::Message& prototype) {
    v1::AuditEntry& entry = *page.answer.add_entries();
    if (!Tell(facts.key(), facts.facts(i), prototype, entry))
      return page.answer.mutable_entries()->RemoveLast();
    entry.mutable_time()->set_seconds(time_us / 1'000'000);
    entry.mutable_time()->set_nanos(static_cast<int32_t>(time_us % 1'000'000) * 1000);
    entry.set_partition(static_cast<int32_t>(spot.partition));
    entry.set_sequence(static_cast<int64_t>(spot.seq));
    entry.set_version(static_cast<int64_t>(facts.first_version()) + i);
  }

  bool Wanted(const Page& page, const Spot& spot, const log::v1::AggregateFacts& facts,
              const log::v1::Fact& fact, const google::protobuf::Message& prototype) const {
    const Question& asked = page.question;
    std::vector<std::string> names = NamesIn(facts.key(), fact, prototype);
    if (!asked.object.empty() && !Names(names, asked.object)) return false;
    for (std::string& name : index_.PlacesOf(spot.partition, facts.key())) names.push_back(std::move(name));
    if (!asked.person.empty() && fact.actor() != asked.person && !Names(names, asked.person)) return false;
    return MaySee(asked.principal, fact, names);
  }

  bool MaySee(const rpc::Principal& principal, const log::v1::Fact& fact,
              const std::vector<std::string>& names) const {
    if (principal.name.empty()) return false;
    if (principal.Holds("city_admin", auth::kCity) || fact.actor() == principal.name) return true;
    return std::any_of(names.begin(), names.end(), [&](const std::string& name) {
      return name == principal.name ||
             (IsPlace(name) && auth::HoldsAnyOn(principal, OfficeRoles(), name, deps_.containment));
    });
  }

  const Deps deps_;
  const paging::Pager pager_;
  Index index_;
  projection::NeighbourLog log_;
  // Answers of the store outlive a service whose crash is simulated: they look here first.
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace

std::unique_ptr<Desk> MakeDesk(Deps deps) { return std::make_unique<DeskImpl>(std::move(deps)); }

}  // namespace kepu::audit
