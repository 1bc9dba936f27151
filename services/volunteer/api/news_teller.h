// Tells people their news: each is a notice in the inbox that identity keeps. What identity did not take is
// told again until it did, and identity takes each notice once, by the fact that caused it, however many
// replicas tell. Owned by the service; on its executor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "libs/rpc/peer.h"
#include "services/volunteer/api/context.h"
#include "services/volunteer/api/news.h"

namespace kepu::volunteer {

class NewsTeller {
 public:
  // `identity` may be null: there are no inboxes then. Everything outlives this.
  NewsTeller(const Context& context, rpc::Peer* identity) : context_(context), identity_(identity) {}
  ~NewsTeller() { *alive_ = false; }
  NewsTeller(const NewsTeller&) = delete;
  NewsTeller& operator=(const NewsTeller&) = delete;

  // When the read model is loaded: tells what was loaded.
  void Start();
  void Loaded(const domain::record::ShiftHead& head, const std::string& person,
              const domain::record::SignupRecord& signup);
  void Loaded(const domain::record::PersonHead& head);
  void Loaded(const domain::record::ShiftHead& head, const domain::record::WaitList& list);
  void Fold(const domain::record::ShiftHead& head, const domain::record::Fact& fact);
  void Fold(const domain::record::PersonHead& head, const domain::record::Fact& fact);
  void Tell(const News& news);

 private:
  const Context& context_;
  rpc::Peer* const identity_;
  std::vector<News> loaded_;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
