#include "libs/audit/index.h"

#include <algorithm>
#include <iterator>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "libs/audit/entry.h"

namespace kepu::audit {
namespace {

// A fact that names more is a list of things, and each of those has facts of its own.
constexpr size_t kNamesPerFactMax = 24;
constexpr size_t kPlacesMax = 4;

constexpr absl::string_view kUsers = "users/";

// The record of one person.
bool IsOfPerson(absl::string_view key) { return absl::StartsWith(key, "person/"); }

uint64_t TermOf(absl::string_view name, bool actor) { return absl::HashOf(std::string(name), actor); }

void Put(uint64_t number, std::string& out) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

uint64_t Take(const std::string& bytes, size_t& at) {
  uint64_t number = 0;
  for (int shift = 0; at < bytes.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes[at++]);
    number |= uint64_t{byte & 0x7fU} << shift;
    if (byte < 0x80) break;
  }
  return number;
}

uint64_t ZigZag(int64_t number) {
  return (static_cast<uint64_t>(number) << 1) ^ static_cast<uint64_t>(number >> 63);
}
int64_t UnZigZag(uint64_t number) {
  return static_cast<int64_t>(number >> 1) ^ -static_cast<int64_t>(number & 1);
}

}  // namespace

void Index::Fold(uint32_t partition, uint64_t seq, absl::Time time, const log::v1::AggregateFacts& facts) {
  const google::protobuf::Message* prototype = fact_of_(facts.key());
  if (prototype == nullptr) return;
  const Spot spot{absl::ToUnixSeconds(time), partition, seq};
  uint64_t version = facts.first_version();
  for (const log::v1::Fact& fact : facts.facts()) {
    const std::vector<std::string> names = NamesIn(facts.key(), fact, *prototype);
    for (size_t i = 0; i < names.size() && i < kNamesPerFactMax; ++i) Add(TermOf(names[i], false), spot);
    if (!fact.actor().empty()) Add(TermOf(fact.actor(), true), spot);
    if (version++ == 1) KeepPlaces(partition, facts.key(), names);
    // What is done to somebody's record is done to them, though the fact names them no more.
    if (!IsOfPerson(facts.key())) continue;
    for (const std::string& name : PlacesOf(partition, facts.key())) {
      if (absl::StartsWith(name, kUsers)) Add(TermOf(name, false), spot);
    }
  }
}

void Index::Add(uint64_t key, const Spot& spot) {
  Term& term = terms_[key];
  // Several facts of one entry stand at one place.
  if (!term.packed.empty() && term.partition == spot.partition && term.seq == spot.seq) return;
  Put(ZigZag(spot.seconds - term.seconds), term.packed);
  Put(spot.partition, term.packed);
  Put(spot.seq, term.packed);
  term.seconds = spot.seconds;
  term.partition = spot.partition;
  term.seq = spot.seq;
  ++spots_;
}

void Index::Unpack(const Term& term, std::vector<Spot>& out) {
  Spot spot;
  for (size_t at = 0; at < term.packed.size();) {
    spot.seconds += UnZigZag(Take(term.packed, at));
    spot.partition = static_cast<uint32_t>(Take(term.packed, at));
    spot.seq = Take(term.packed, at);
    out.push_back(spot);
  }
}

std::vector<Spot> Index::SpotsOf(const std::vector<absl::string_view>& names, bool actors) const {
  std::vector<Spot> spots;
  for (const absl::string_view name : names) {
    for (const std::string& term : TermsOf(name)) {
      if (const auto found = terms_.find(TermOf(term, false)); found != terms_.end())
        Unpack(found->second, spots);
    }
    if (!actors) continue;
    if (const auto found = terms_.find(TermOf(name, true)); found != terms_.end())
      Unpack(found->second, spots);
  }
  std::sort(spots.begin(), spots.end());
  spots.erase(std::unique(spots.begin(), spots.end()), spots.end());
  return spots;
}

void Index::KeepPlaces(uint32_t partition, const std::string& key, const std::vector<std::string>& names) {
  std::vector<uint32_t> places;
  for (const std::string& name : names) {
    const bool theirs = IsOfPerson(key) && absl::StartsWith(name, kUsers);
    if ((!IsPlace(name) && !theirs) || places.size() >= kPlacesMax) continue;
    const auto [it, fresh] = place_numbers_.try_emplace(name, static_cast<uint32_t>(place_names_.size()));
    if (fresh) place_names_.push_back(name);
    places.push_back(it->second);
  }
  if (!places.empty()) places_[absl::HashOf(partition, key)] = std::move(places);
}

std::vector<std::string> Index::PlacesOf(uint32_t partition, absl::string_view key) const {
  std::vector<std::string> names;
  const auto found = places_.find(absl::HashOf(partition, std::string(key)));
  if (found == places_.end()) return names;
  for (const uint32_t number : found->second) names.push_back(place_names_[number]);
  return names;
}

size_t Index::bytes() const {
  // A slot of the table with its mark; what a short text has no room for; and the places.
  size_t bytes = terms_.capacity() * (sizeof(std::pair<uint64_t, Term>) + 1) +
                 places_.capacity() * (sizeof(std::pair<uint64_t, std::vector<uint32_t>>) + 1);
  for (const auto& [key, term] : terms_) {
    if (term.packed.capacity() > 15) bytes += term.packed.capacity();
  }
  for (const auto& [key, places] : places_) bytes += places.capacity() * sizeof(uint32_t);
  for (const std::string& name : place_names_) bytes += 2 * (sizeof(std::string) + name.size());
  return bytes;
}

}  // namespace kepu::audit
