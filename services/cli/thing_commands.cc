#include "services/cli/thing_commands.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <memory>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "google/protobuf/field_mask.pb.h"
#include "services/cli/fill.h"
#include "services/gateway/transcode/method.h"

namespace kepu::cli {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// A cell of a list is cut there; --fields and --output json show all of it.
constexpr size_t kCellColumnsMax = 44;

absl::StatusOr<std::string> TextOfFile(const Session& session, const std::string& path) {
  if (path == "-") return session.world().read_input();
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(absl::StrCat(path, " cannot be read"));
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

// The request of a method as the command line says it.
class Asking {
 public:
  Asking(Session& session, const Route& route)
      : session_(session), route_(route), request_(route.method->request->New()) {}

  Message& request() { return *request_; }
  // Where the fields of --set and --file go: the object in the request, or the request.
  Message& object() {
    const bool inside =
        route_.body != nullptr && route_.body->message_type() != nullptr && !route_.body->is_repeated();
    return inside ? *request_->GetReflection()->MutableMessage(request_.get(), route_.body) : *request_;
  }

  absl::Status Fill() {
    if (const std::string file = session_.arguments().Get("--file"); !file.empty()) {
      absl::StatusOr<std::string> text = TextOfFile(session_, file);
      if (!text.ok()) return text.status();
      if (absl::Status status = MergeJson(*text, object()); !status.ok()) return status;
    }
    for (const char* option : {"--set", "--filter"}) {
      for (const std::string& word : session_.arguments().All(option)) {
        if (absl::Status status = Put(word); !status.ok()) return status;
      }
    }
    const std::string etag = session_.arguments().Get("--etag");
    return etag.empty() ? absl::OkStatus() : PutEtag(etag);
  }

  // The fields that were named by --set, for a mask: cleared ones stand in no message.
  const std::vector<std::string>& named() const { return named_; }

  void PutRequestId() {
    const FieldDescriptor* field = route_.method->request_id;
    if (field != nullptr) request_->GetReflection()->SetString(request_.get(), field, session_.request_id());
  }

 private:
  absl::Status Put(const std::string& word) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos)
      return absl::InvalidArgumentError(absl::StrCat("\"", word, "\" wants the form field=value"));
    std::string value = word.substr(equals + 1);
    if (absl::StartsWith(value, "@")) {
      absl::StatusOr<std::string> text = TextOfFile(session_, value.substr(1));
      if (!text.ok()) return text.status();
      value = *std::move(text);
      // The line end that editors put behind the last line is none of the value's.
      if (absl::EndsWith(value, "\n")) value.pop_back();
    }
    const absl::string_view path = absl::string_view(word).substr(0, equals);
    absl::StatusOr<std::string> inside = FieldPathOf(*object().GetDescriptor(), path);
    if (inside.ok()) {
      named_.push_back(*inside);
      return SetField(object(), *inside, value, session_.days());
    }
    const absl::StatusOr<std::string> around = FieldPathOf(*request_->GetDescriptor(), path);
    if (!around.ok()) return inside.status();
    return SetField(*request_, *around, value, session_.days());
  }

  absl::Status PutEtag(const std::string& etag) {
    for (Message* message : {&object(), request_.get()}) {
      const FieldDescriptor* field = message->GetDescriptor()->FindFieldByName("etag");
      if (field == nullptr) continue;
      message->GetReflection()->SetString(message, field, etag);
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError("--etag means nothing to this method");
  }

  Session& session_;
  const Route& route_;
  std::unique_ptr<Message> request_;
  std::vector<std::string> named_;
};

absl::StatusOr<std::vector<std::string>> FieldsOf(const Session& session, const Descriptor& type) {
  std::vector<std::string> fields;
  for (const absl::string_view word :
       absl::StrSplit(session.arguments().Get("--fields"), ',', absl::SkipWhitespace())) {
    absl::StatusOr<std::string> path = FieldPathOf(type, absl::StripAsciiWhitespace(word));
    if (!path.ok()) return path.status();
    fields.push_back(*std::move(path));
  }
  return fields;
}

std::string ListText(const Session& session, const Descriptor& type,
                     const std::vector<std::unique_ptr<Message>>& items, std::vector<std::string> fields,
                     const std::string& next_token) {
  std::vector<const Message*> views;
  for (const auto& item : items) views.push_back(item.get());
  const size_t cut = fields.empty() ? kCellColumnsMax : 0;
  if (fields.empty()) fields = UsualFields(type, views);
  std::vector<std::vector<std::string>> rows = {fields};
  for (const Message* item : views) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const std::string& field : fields) row.push_back(ShownAt(*item, field, session.language()));
  }
  std::string text = TextTable(rows, cut);
  if (!next_token.empty()) absl::StrAppend(&text, "more: --all, or --page-token ", next_token, "\n");
  return text;
}

// Raw bytes go to --to, or out as they are.
Result WriteRaw(const Session& session, const std::string& body) {
  const std::string to = session.arguments().Get("--to");
  if (to.empty()) return {kDone, body, ""};
  std::ofstream file(to, std::ios::binary | std::ios::trunc);
  file << body;
  file.close();
  if (!file) return Fail(kBadFile, absl::StrCat("cannot write ", to));
  return {kDone, "", absl::StrCat("kepu: ", body.size(), " bytes to ", to, "\n")};
}

// Lines of a stream as they come, until it ends.
Result Follow(Session& session, const Outgoing& out) {
  if (session.world().follow == nullptr) return Fail(kUsage, "streams are not followed here");
  std::string target = out.path;
  for (const auto& [name, value] : out.query)
    absl::StrAppend(&target, absl::StrContains(target, "?") ? "&" : "?", name, "=", QueryEscape(value));
  const auto got =
      session.world().follow(session.server(), target, session.api().token(), [&](absl::string_view piece) {
        session.world().print(piece);
        return true;
      });
  if (!got.ok()) return FromStatus(got.status());
  if (got->status != 200) return FromOutcome(ReadRefusal(got->status, got->body), session.language());
  return {};
}

Result ShowAnswer(const Session& session, const Message& answer, Form form) {
  const Descriptor& type = *answer.GetDescriptor();
  const absl::StatusOr<std::vector<std::string>> fields = FieldsOf(session, type);
  if (!fields.ok()) return Fail(kUsage, fields.status().message());
  if (form == Form::kJson) return {kDone, Indented(JsonOf(answer, *fields)) + "\n", ""};
  if (form == Form::kNdjson) return {kDone, JsonOf(answer, *fields) + "\n", ""};
  std::string text = TextOfOne(answer, *fields, session.language());
  return {kDone, text.empty() ? "done\n" : text, ""};
}

Result RunList(Session& session, const Route& route, const Outgoing& out) {
  const absl::StatusOr<Form> form = session.form();
  if (!form.ok()) return Fail(kUsage, form.status().message());
  const FieldDescriptor& list = *ListOf(*route.method->descriptor->output_type());
  absl::StatusOr<std::vector<std::string>> fields = FieldsOf(session, *list.message_type());
  if (!fields.ok()) return Fail(kUsage, fields.status().message());
  std::vector<std::unique_ptr<Message>> items;
  std::string json;
  std::string next_token;
  const Outcome outcome = EachItem(
      session, route, out, session.arguments().Has("--all"),
      [&](const Message& item) {
        if (*form == Form::kNdjson) {
          session.world().print(JsonOf(item, *fields) + "\n");
        } else if (*form == Form::kJson) {
          absl::StrAppend(&json, json.empty() ? "" : ",", JsonOf(item, *fields));
        } else {
          items.emplace_back(item.New())->CopyFrom(item);
        }
      },
      &next_token);
  if (!outcome.status.ok()) return FromOutcome(outcome, session.language());
  if (*form == Form::kNdjson) return {};
  if (*form == Form::kTable)
    return {kDone, ListText(session, *list.message_type(), items, *std::move(fields), next_token), ""};
  return {kDone,
          Indented(absl::StrCat("{\"", list.json_name(), "\":[", json, "],\"nextPageToken\":\"", next_token,
                                "\"}")) +
              "\n",
          ""};
}

// Sends what was put together, and shows what comes back.
Result Send(Session& session, const Route& route, const Outgoing& out) {
  const absl::StatusOr<Form> form = session.form();
  if (!form.ok()) return Fail(kUsage, form.status().message());
  if (route.method->streams) return Follow(session, out);
  if (route.verb == "GET" && !route.method->raw &&
      ListOf(*route.method->descriptor->output_type()) != nullptr)
    return RunList(session, route, out);
  const std::unique_ptr<Message> answer(route.method->response->New());
  const bool changes = route.method->request_id != nullptr;
  const Outcome outcome =
      session.api().Call(out.verb, out.path, out.query, out.body, route.method->raw ? nullptr : answer.get());
  if (!outcome.status.ok())
    return FromOutcome(outcome, session.language(), changes ? session.request_id() : "");
  if (route.method->raw) return WriteRaw(session, outcome.body);
  Result result = ShowAnswer(session, *answer, *form);
  if (outcome.replayed) result.err += "kepu: this had taken effect before; nothing was done twice\n";
  return result;
}

// A method at the name that stands behind the command.
Result Run(Session& session, const Route& route, absl::string_view name,
           const std::function<absl::Status(Asking&)>& more = nullptr) {
  Asking asking(session, route);
  absl::Status status = asking.Fill();
  if (status.ok() && more != nullptr) status = more(asking);
  if (!status.ok()) return Fail(absl::IsNotFound(status) ? kBadFile : kUsage, status.message());
  asking.PutRequestId();
  const absl::StatusOr<Outgoing> out = ToHttp(route, name.empty() ? "" : PathOf(name), asking.request());
  if (!out.ok()) return Fail(kUsage, out.status().message());
  return Send(session, route, *out);
}

Result Nothing(Session& session, absl::string_view command, const std::string& name,
               const std::string& instead = "") {
  return Fail(kUsage, absl::StrCat("nothing to ", command, ": ", session.book().WhyNot(name), instead));
}

absl::Status PutPage(const Session& session, Asking& asking) {
  for (const auto& [option, field] :
       {std::pair{"--page-size", "page_size"}, {"--page-token", "page_token"}}) {
    const std::string value = session.arguments().Get(option);
    if (value.empty()) continue;
    const absl::StatusOr<std::string> path = FieldPathOf(*asking.request().GetDescriptor(), field);
    if (!path.ok()) return absl::InvalidArgumentError(absl::StrCat(option, " means nothing here"));
    if (absl::Status status = SetField(asking.request(), *path, value, session.days()); !status.ok())
      return absl::InvalidArgumentError(absl::StrCat(option, ": ", status.message()));
  }
  return absl::OkStatus();
}

// "venues" -> the field "venue_id" of a request that has it.
absl::Status PutId(const Session& session, Asking& asking) {
  const std::string id = session.arguments().Get("--id");
  if (id.empty()) return absl::OkStatus();
  const Descriptor& type = *asking.request().GetDescriptor();
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor* field = type.field(i);
    if (!absl::EndsWith(field->name(), "_id") || field->name() == "request_id" ||
        field->cpp_type() != FieldDescriptor::CPPTYPE_STRING || field->is_repeated())
      continue;
    asking.request().GetReflection()->SetString(&asking.request(), field, id);
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError("--id means nothing here: the server makes the ids of these");
}

absl::Status PutMask(const Session& session, const Route& route, Asking& asking) {
  if (route.update_mask == nullptr) return absl::OkStatus();
  auto* mask = static_cast<google::protobuf::FieldMask*>(
      asking.request().GetReflection()->MutableMessage(&asking.request(), route.update_mask));
  mask->Clear();
  if (const std::string given = session.arguments().Get("--mask"); !given.empty()) {
    for (const absl::string_view word : absl::StrSplit(given, ',', absl::SkipWhitespace())) {
      absl::StatusOr<std::string> path =
          word == "*" ? std::string(word) : FieldPathOf(*asking.object().GetDescriptor(), word);
      if (!path.ok()) return path.status();
      mask->add_paths(*path);
    }
    return absl::OkStatus();
  }
  // What the file holds, and what was named, cleared fields too.
  if (session.arguments().Has("--file")) {
    for (std::string& path : MaskOf(asking.object())) mask->add_paths(std::move(path));
  }
  for (const std::string& path : asking.named()) {
    if (std::find(mask->paths().begin(), mask->paths().end(), path) == mask->paths().end())
      mask->add_paths(path);
  }
  if (mask->paths_size() == 0)
    return absl::InvalidArgumentError("nothing to change: --set field=value or --file");
  return absl::OkStatus();
}

}  // namespace

Outcome EachItem(Session& session, const Route& route, const Outgoing& first, bool all,
                 const std::function<void(const Message& item)>& take, std::string* next_token) {
  Api::Query query = first.query;
  const Descriptor& type = *route.method->descriptor->output_type();
  const FieldDescriptor& list = *ListOf(type);
  const FieldDescriptor* next = type.FindFieldByName("next_page_token");
  while (true) {
    const std::unique_ptr<Message> page(route.method->response->New());
    Outcome outcome = session.api().Call("GET", first.path, query, "", page.get());
    if (!outcome.status.ok()) return outcome;
    const auto& reflection = *page->GetReflection();
    for (int i = 0; i < reflection.FieldSize(*page, &list); ++i)
      take(reflection.GetRepeatedMessage(*page, &list, i));
    *next_token = next == nullptr ? "" : reflection.GetString(*page, next);
    if (!all || next_token->empty()) return outcome;
    std::erase_if(query, [](const auto& pair) { return pair.first == "page_token"; });
    query.emplace_back("page_token", *next_token);
  }
}

Result List(Session& session) {
  const std::string name = session.Word(1);
  const Route* route = session.book().At("GET", name);
  if (route == nullptr || ListOf(*route->method->descriptor->output_type()) == nullptr)
    return Nothing(session, "list", name, route != nullptr ? "; kepu show shows it" : "");
  return Run(session, *route, name, [&](Asking& asking) { return PutPage(session, asking); });
}

Result Show(Session& session) {
  const std::string name = session.Word(1);
  const Route* route = session.book().At("GET", name);
  if (route == nullptr) return Nothing(session, "show", name);
  return Run(session, *route, name, [&](Asking& asking) { return PutPage(session, asking); });
}

Result Create(Session& session) {
  const std::string name = session.Word(1);
  const Route* route = session.book().At("POST", name);
  if (route == nullptr) return Nothing(session, "create", name);
  return Run(session, *route, name, [&](Asking& asking) { return PutId(session, asking); });
}

Result Update(Session& session) {
  const std::string name = session.Word(1);
  const Route* route = session.book().At("PATCH", name);
  if (route == nullptr) return Nothing(session, "update", name);
  return Run(session, *route, name, [&](Asking& asking) { return PutMask(session, *route, asking); });
}

Result Delete(Session& session) {
  const std::string name = session.Word(1);
  const Route* route = session.book().At("DELETE", name);
  if (route == nullptr)
    return Nothing(session, "delete", name, "\n  things that others refer to are retired, not deleted");
  return Run(session, *route, name);
}

Result Do(Session& session) {
  const std::string name = session.Word(1);
  const std::vector<std::string> verbs = session.book().VerbsAt(name);
  // One that changes comes first, should a path be both.
  for (const char* verb : {"POST", "GET", "PATCH", "PUT", "DELETE"}) {
    if (std::find(verbs.begin(), verbs.end(), verb) == verbs.end()) continue;
    return Run(session, *session.book().At(verb, name), name,
               [&](Asking& asking) { return PutPage(session, asking); });
  }
  return Nothing(session, "do", name);
}

Result CallMethod(Session& session) {
  const absl::StatusOr<const Route*> route = session.book().Named(session.Word(1));
  if (!route.ok()) return Fail(kUsage, route.status().message());
  return Run(session, **route, "", [&](Asking& asking) { return PutPage(session, asking); });
}

Result ListMethods(Session& session) {
  const std::string word = absl::AsciiStrToLower(session.Word(1));
  std::vector<std::vector<std::string>> rows = {{"method", "http"}};
  for (const auto& route : session.book().routes()) {
    const auto& method = *route->method->descriptor;
    const std::string http = absl::StrCat(route->verb, " ", route->pattern);
    const std::string name = absl::StrCat(method.service()->name(), ".", method.name());
    if (absl::StrContains(absl::AsciiStrToLower(absl::StrCat(name, " ", http)), word))
      rows.push_back({name, http});
  }
  if (rows.size() == 1)
    return Fail(kUsage, absl::StrCat("no method with \"", word, "\" in its name or path"));
  return {kDone, TextTable(rows, 0), ""};
}

Result Describe(Session& session) {
  const std::string word = session.Word(1);
  const Route* route = nullptr;
  for (const std::string& verb : session.book().VerbsAt(word)) route = session.book().At(verb, word);
  if (route == nullptr) {
    const absl::StatusOr<const Route*> named = session.book().Named(word);
    if (!named.ok()) return Fail(kUsage, named.status().message());
    route = *named;
  }
  const auto& method = *route->method->descriptor;
  std::string text = absl::StrCat(method.full_name(), "\n", route->verb, " ", route->pattern, "\n");
  const auto describe = [&](const Descriptor& type) {
    absl::StrAppend(&text, "\n", type.full_name(), "\n");
    std::vector<std::vector<std::string>> rows;
    for (int i = 0; i < type.field_count(); ++i) {
      const FieldDescriptor* field = type.field(i);
      std::string kind = field->message_type() != nullptr ? field->message_type()->full_name()
                         : field->enum_type() != nullptr  ? field->enum_type()->full_name()
                                                          : field->type_name();
      if (field->enum_type() != nullptr) {
        std::vector<std::string> values;
        for (int j = 1; j < field->enum_type()->value_count(); ++j)
          values.push_back(field->enum_type()->value(j)->name());
        absl::StrAppend(&kind, ": ", absl::StrJoin(values, ", "));
      }
      rows.push_back({"", field->name(), absl::StrCat(field->is_repeated() ? "many " : "", kind)});
    }
    absl::StrAppend(&text, TextTable(rows, 0));
  };
  describe(*method.input_type());
  if (route->body != nullptr && route->body->message_type() != nullptr)
    describe(*route->body->message_type());
  if (route->body == nullptr || route->body->message_type() != method.output_type())
    describe(*method.output_type());
  return {kDone, text, ""};
}

}  // namespace kepu::cli
