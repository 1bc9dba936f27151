#include "services/event/store/rows.h"

#include <algorithm>
#include <limits>

namespace kepu::event {
namespace {

// One person has few bookings in one session; a search among all of theirs ends here.
constexpr size_t kLookedAt = 10000;

Rows::Id ToId(absl::string_view text) {
  Rows::Id id{};
  std::copy_n(text.begin(), std::min(text.size(), id.size()), id.begin());
  return id;
}

}  // namespace

uint64_t Rows::HashOf(absl::string_view booker) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : booker) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

void Rows::Add(uint32_t session, absl::string_view id, absl::string_view booker, int64_t time_us) {
  if (session >= by_session_.size()) by_session_.resize(session + 1);
  by_session_[session].push_back(ToId(id));
  own_.insert(Own{HashOf(booker), -time_us, ToId(id), session});
}

void Rows::AddForSchool(uint32_t session, absl::string_view id, absl::string_view school, int64_t time_us) {
  own_.insert(Own{HashOf(school), -time_us, ToId(id), session});
}

void Rows::Forget(uint32_t session) {
  // Rows of bookers are a set: adding them again changes nothing.
  if (session < by_session_.size()) by_session_[session].clear();
}

std::vector<std::string> Rows::OfSession(uint32_t session, size_t from, size_t limit) const {
  std::vector<std::string> ids;
  if (session >= by_session_.size()) return ids;
  const std::vector<Id>& all = by_session_[session];
  for (size_t i = from; i < all.size() && ids.size() < limit; ++i)
    ids.emplace_back(all[i].data(), all[i].size());
  return ids;
}

std::vector<Rows::Own> Rows::OfBooker(absl::string_view booker, const std::optional<Own>& after, size_t limit,
                                      std::optional<uint32_t> session) const {
  const uint64_t hash = HashOf(booker);
  auto it = after ? own_.upper_bound(*after)
                  : own_.lower_bound(Own{hash, std::numeric_limits<int64_t>::min(), Id{}, 0});
  std::vector<Own> rows;
  for (size_t looked = 0; it != own_.end() && it->booker == hash && rows.size() < limit; ++it) {
    if (++looked > kLookedAt) break;
    if (!session || it->session == *session) rows.push_back(*it);
  }
  return rows;
}

}  // namespace kepu::event
