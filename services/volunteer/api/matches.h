// Proposals that fill the shifts of a period: reckoned by a worker, kept as documents, changed by
// coordinators and sent. One is reckoned at a time in a process: it takes seconds of a thread that also seals
// what is personal. Owned by the service; its handlers are called on any thread, the rest lives on the
// executor.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "kepu/volunteer/v1/match.pb.h"
#include "services/volunteer/api/match_sender.h"

namespace kepu::volunteer {

class Matches {
 public:
  // Both outlive it.
  Matches(const Context& context, const rpc::Service& service);

  void Register(rpc::Service& service);
  // Goes on inviting; on the executor.
  void Invite(const std::string& name) { sender_.Step(name); }

 private:
  using CreateCall = CallOf<v1::CreateMatchRequest, v1::Match>;
  using ListCall = CallOf<v1::ListMatchesRequest, v1::ListMatchesResponse>;

  void Create(CreateCall call);
  void Plan(const std::string& name, CreateCall call);
  void Get(CallOf<v1::GetMatchRequest, v1::Match> call);
  void List(ListCall call);
  void Change(CallOf<v1::ChangeMatchRequest, v1::Match> call);
  void Send(CallOf<v1::SendMatchRequest, v1::Match> call);

  // Whether who is to be put in could serve.
  absl::Status CheckFit(const v1::Match& match, const domain::RowChange& change, absl::Time now) const;
  // What became of its shifts since.
  void TellChanges(v1::Match* match) const;

  const Context& context_;
  const std::unique_ptr<Inviter> inviter_;
  MatchSender sender_;
  std::atomic<bool> reckoning_ = false;
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
};

}  // namespace kepu::volunteer
