#include "services/cli/session.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "services/cli/private_file.h"

namespace kepu::cli {
namespace {

constexpr char kUsualServer[] = "http://127.0.0.1:8080";

int ExitCodeOf(const Outcome& outcome) {
  if (outcome.conflict) return kChangedMeanwhile;
  switch (outcome.status.code()) {
    case absl::StatusCode::kUnavailable:
      return kUnreachable;
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
      return kNotAllowed;
    case absl::StatusCode::kNotFound:
      return kNotFound;
    default:
      return kRowsRefused;
  }
}

std::string Hints(const Outcome& outcome, bool zh, absl::string_view request_id) {
  std::string text;
  if (absl::IsUnauthenticated(outcome.status))
    absl::StrAppend(&text,
                    zh ? "  登录：kepu login --user 用户名\n" : "  log in with: kepu login --user NAME\n");
  if (outcome.retry_after_seconds > 0) {
    absl::StrAppend(&text, zh ? "  请在 " : "  try again in ", outcome.retry_after_seconds,
                    zh ? " 秒后重试\n" : " s\n");
  }
  if (outcome.conflict)
    absl::StrAppend(&text, zh ? "  他人已先修改；请重新查看后再改\n"
                              : "  somebody else changed it first; look again with kepu show\n");
  const bool unknown = absl::IsUnavailable(outcome.status);
  if (!request_id.empty() && (unknown || outcome.retry_after_seconds > 0)) {
    absl::StrAppend(&text,
                    zh ? "  重复同一操作（只生效一次）：加上 --request-id "
                       : "  to repeat it so that it takes effect once, add --request-id ",
                    request_id, "\n");
  }
  return text;
}

}  // namespace

Session::Session(Arguments arguments, const World& world)
    : arguments_(std::move(arguments)),
      world_(world),
      language_(LanguageOf(arguments_.Get("--language", world.locale))),
      profiles_(absl::StrCat(world.home, "/.config/kepu/profiles")),
      profile_(profiles_.Choose(arguments_.Get("--profile", world.profile),
                                arguments_.Get("--server", world.server))),
      server_(arguments_.Get("--server", world.server)),
      api_([this](absl::string_view method, absl::string_view path, absl::string_view body,
                  absl::string_view token) { return world_.request(server_, method, path, body, token); },
           world.pause) {
  if (server_.empty()) server_ = profile_.server.empty() ? kUsualServer : profile_.server;
  if (token_file().empty()) {
    api_.set_token(profile_.token);
  } else if (const absl::StatusOr<std::string> token = ReadPrivateFile(token_file()); token.ok()) {
    api_.set_token(*token);
  }
}

const ApiBook& Session::book() {
  if (book_ == nullptr) book_ = *ApiBook::Make();
  return *book_;
}

absl::StatusOr<Form> Session::form() const {
  const std::string word = arguments_.Get("--output", arguments_.Get("--format", "table"));
  if (word == "table") return Form::kTable;
  if (word == "json") return Form::kJson;
  if (word == "ndjson") return Form::kNdjson;
  return absl::InvalidArgumentError("--output wants table, json or ndjson");
}

const std::string& Session::request_id() {
  if (request_id_.empty()) {
    request_id_ = arguments_.Get("--request-id");
    if (request_id_.empty()) request_id_ = world_.make_request_id();
  }
  return request_id_;
}

Result Fail(int code, absl::string_view text) { return {code, "", absl::StrCat("kepu: ", text, "\n")}; }

Result FromOutcome(const Outcome& outcome, Language language, absl::string_view request_id) {
  const bool zh = language == Language::kZh;
  std::string text = zh && !outcome.sentence_zh.empty() ? outcome.sentence_zh : outcome.sentence;
  if (text.empty()) text = std::string(outcome.status.message());
  if (!outcome.reason.empty()) absl::StrAppend(&text, " (", outcome.reason, ")");
  absl::StrAppend(&text, "\n");
  for (const auto& [field, problem] : outcome.fields)
    absl::StrAppend(&text, "  ", field, ": ", problem, "\n");
  absl::StrAppend(&text, Hints(outcome, zh, request_id));
  return {ExitCodeOf(outcome), "", absl::StrCat("kepu: ", text)};
}

Result FromStatus(const absl::Status& status) {
  Outcome outcome;
  outcome.status = status;
  return FromOutcome(outcome, Language::kEn);
}

}  // namespace kepu::cli
