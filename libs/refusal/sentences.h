// The sentences behind the reasons of refusals, Chinese and English, one list per service so that they grow
// apart. Placeholders are parameters of the refusal in braces; one without a parameter stays as it is. Pure;
// thread-safe.
#pragma once

#include <vector>

namespace kepu::refusal {

struct SentenceRow {
  const char* reason;
  const char* zh;
  const char* en;
};

// By topic; the shared ones are what any service may answer.
std::vector<SentenceRow> AccessSentences();
std::vector<SentenceRow> ApprovalSentences();
std::vector<SentenceRow> ConsequenceSentences();
std::vector<SentenceRow> EventSentences();
std::vector<SentenceRow> FeedSentences();
std::vector<SentenceRow> FindingSentences();
std::vector<SentenceRow> FleetSentences();
std::vector<SentenceRow> GatewaySentences();
std::vector<SentenceRow> HoursSentences();
std::vector<SentenceRow> IdentitySentences();
std::vector<SentenceRow> LimitsSentences();
std::vector<SentenceRow> NeedSentences();
std::vector<SentenceRow> OpeningSentences();
std::vector<SentenceRow> PeopleSentences();
std::vector<SentenceRow> RecognitionSentences();
std::vector<SentenceRow> RoundSentences();
std::vector<SentenceRow> SchoolSentences();
std::vector<SentenceRow> SharedSentences();
std::vector<SentenceRow> SignupSentences();
std::vector<SentenceRow> TeamSentences();
std::vector<SentenceRow> TitleSentences();
std::vector<SentenceRow> VenueSentences();
std::vector<SentenceRow> VolunteerSentences();
std::vector<SentenceRow> WireSentences();

// All of them. A reason stands in one list only.
std::vector<SentenceRow> AllSentences();

}  // namespace kepu::refusal
