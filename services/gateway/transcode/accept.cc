#include "services/gateway/transcode/accept.h"

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace kepu::gateway::transcode {
namespace {

// "q=0.5" among the parameters of a range; 1 without one.
double WeightOf(absl::string_view parameters) {
  for (const absl::string_view part : absl::StrSplit(parameters, ';')) {
    absl::string_view word = absl::StripAsciiWhitespace(part);
    if (!absl::ConsumePrefix(&word, "q=") && !absl::ConsumePrefix(&word, "Q=")) continue;
    double weight = 0;
    // Written so that what is no number fails too.
    const bool good = absl::SimpleAtod(word, &weight) && weight >= 0 && weight <= 1;
    return good ? weight : 0;
  }
  return 1;
}

// How closely a range names the type: 3 by its name, 2 by "type/*", 1 by "*/*", 0 not at all.
int Closeness(absl::string_view range, absl::string_view type) {
  if (absl::EqualsIgnoreCase(range, type)) return 3;
  if (range == "*/*") return 1;
  const bool group =
      absl::EndsWith(range, "/*") && absl::StartsWithIgnoreCase(type, range.substr(0, range.size() - 1));
  return group ? 2 : 0;
}

struct Choice {
  double quality = -1;
  int closeness = 0;
};

Choice Choose(absl::string_view accept, absl::string_view type) {
  Choice best;
  if (absl::StripAsciiWhitespace(accept).empty()) return {1, 1};
  for (const absl::string_view part : absl::StrSplit(accept, ',')) {
    const size_t end = part.find(';');
    const int closeness = Closeness(absl::StripAsciiWhitespace(part.substr(0, end)), type);
    if (closeness <= best.closeness) continue;
    best = {end == absl::string_view::npos ? 1 : WeightOf(part.substr(end + 1)), closeness};
  }
  return best;
}

}  // namespace

double AcceptQuality(absl::string_view accept, absl::string_view type) {
  return Choose(accept, type).quality;
}

bool AcceptPrefers(absl::string_view accept, absl::string_view special, absl::string_view usual) {
  const Choice choice = Choose(accept, special);
  return choice.closeness == 3 && choice.quality > 0 && choice.quality >= AcceptQuality(accept, usual);
}

double CodingQuality(absl::string_view accept_encoding, absl::string_view coding) {
  double others = -1;
  for (const absl::string_view part : absl::StrSplit(accept_encoding, ',')) {
    const size_t end = part.find(';');
    const absl::string_view name = absl::StripAsciiWhitespace(part.substr(0, end));
    const double weight = end == absl::string_view::npos ? 1 : WeightOf(part.substr(end + 1));
    if (absl::EqualsIgnoreCase(name, coding)) return weight;
    if (name == "*") others = weight;
  }
  return others;
}

}  // namespace kepu::gateway::transcode
