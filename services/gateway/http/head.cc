#include "services/gateway/http/head.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_split.h"

namespace kepu::gateway::http {
namespace {

bool IsTokenChar(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return absl::ascii_isalnum(byte) || absl::string_view("!#$%&'*+-.^_`|~").find(c) != absl::string_view::npos;
}

bool IsToken(absl::string_view text) {
  if (text.empty()) return false;
  for (const char c : text) {
    if (!IsTokenChar(c)) return false;
  }
  return true;
}

// Visible characters, spaces and tabs; bytes past ASCII are left to whoever reads the value.
bool IsFieldValue(absl::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
  }
  return true;
}

bool IsTarget(absl::string_view text) {
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte <= 0x20 || byte >= 0x7f || c == '#' || c == '\\') return false;
  }
  return true;
}

bool IsDigits(absl::string_view text) {
  // Eighteen digits fit every integer that the framing may use.
  if (text.empty() || text.size() > 18) return false;
  for (const char c : text) {
    if (!absl::ascii_isdigit(static_cast<unsigned char>(c))) return false;
  }
  return true;
}

struct Refusal {
  int& status;
  const char*& problem;
  bool operator()(int code, const char* why) const {
    status = code;
    problem = why;
    return false;
  }
};

bool ParseRequestLine(absl::string_view line, const HeadLimits& limits, Head& head, const Refusal& refuse) {
  const size_t first = line.find(' ');
  const size_t last = line.rfind(' ');
  if (first == absl::string_view::npos || first == last) return refuse(400, "the request line is unreadable");
  head.method = line.substr(0, first);
  head.target = line.substr(first + 1, last - first - 1);
  const absl::string_view version = line.substr(last + 1);
  if (!IsToken(head.method)) return refuse(400, "the method is unreadable");
  if (head.target.size() > limits.target_bytes) return refuse(414, "the address is too long");
  if (head.target.empty() || !IsTarget(head.target)) return refuse(400, "the address is unreadable");
  // Absolute and authority forms are for proxies.
  if (head.target[0] != '/' && !(head.target == "*" && head.method == "OPTIONS")) {
    return refuse(400, "the address does not begin with a slash");
  }
  if (version == "HTTP/1.0") {
    head.http_1_0 = true;
    head.keep_alive = false;
  } else if (version != "HTTP/1.1") {
    return refuse(absl::StartsWith(version, "HTTP/") ? 505 : 400, "only HTTP/1.1 is spoken here");
  }
  const size_t mark = head.target.find('?');
  head.path = head.target.substr(0, mark);
  head.query = mark == absl::string_view::npos ? absl::string_view() : head.target.substr(mark + 1);
  return true;
}

// What two readers could take from different fields of one name.
bool IsSingle(absl::string_view name) {
  return absl::EqualsIgnoreCase(name, "Authorization") || absl::EqualsIgnoreCase(name, "Content-Type") ||
         absl::EqualsIgnoreCase(name, "Idempotency-Key");
}

// What the fields say about framing, each of which may stand once at most.
struct FramingFields {
  int hosts = 0;
  int lengths = 0;
  int encodings = 0;
};

bool NoteFraming(const Header& header, FramingFields& framing, Head& head, const Refusal& refuse) {
  if (absl::EqualsIgnoreCase(header.name, "Content-Length")) {
    if (++framing.lengths > 1 || !IsDigits(header.value)) return refuse(400, "Content-Length is unreadable");
    head.has_body = head.has_body || header.value.find_first_not_of('0') != absl::string_view::npos;
  } else if (absl::EqualsIgnoreCase(header.name, "Transfer-Encoding")) {
    if (++framing.encodings > 1 || !absl::EqualsIgnoreCase(header.value, "chunked")) {
      return refuse(400, "only the transfer encoding chunked is understood");
    }
    if (head.http_1_0) return refuse(400, "HTTP/1.0 has no transfer encodings");
    head.has_body = true;
  } else if (absl::EqualsIgnoreCase(header.name, "Host")) {
    if (++framing.hosts > 1 || header.value.find_first_of(" ,/@") != absl::string_view::npos) {
      return refuse(400, "Host is unreadable");
    }
  } else if (absl::EqualsIgnoreCase(header.name, "Connection")) {
    for (const absl::string_view word : absl::StrSplit(header.value, ',')) {
      const absl::string_view option = absl::StripAsciiWhitespace(word);
      if (absl::EqualsIgnoreCase(option, "close")) head.keep_alive = false;
      if (absl::EqualsIgnoreCase(option, "keep-alive") && head.http_1_0) head.keep_alive = true;
    }
  } else if (absl::EqualsIgnoreCase(header.name, "Expect")) {
    if (!absl::EqualsIgnoreCase(header.value, "100-continue"))
      return refuse(417, "the expectation is not known");
    head.expects_continue = !head.http_1_0;
  } else if (absl::EqualsIgnoreCase(header.name, "Upgrade")) {
    // Ignored, as RFC 9110 allows: nothing else than HTTP/1.1 is spoken here.
    return true;
  }
  return true;
}

bool ParseFields(absl::string_view lines, const HeadLimits& limits, Head& head, const Refusal& refuse) {
  FramingFields framing;
  while (!lines.empty()) {
    const size_t end = lines.find("\r\n");
    const absl::string_view line = lines.substr(0, end);
    lines.remove_prefix(end + 2);
    if (head.headers.size() == limits.fields) return refuse(431, "there are too many header fields");
    if (line[0] == ' ' || line[0] == '\t') return refuse(400, "a header field is folded");
    const size_t colon = line.find(':');
    if (colon == absl::string_view::npos) return refuse(400, "a header field lacks its colon");
    const Header header{line.substr(0, colon), absl::StripAsciiWhitespace(line.substr(colon + 1))};
    if (!IsToken(header.name)) return refuse(400, "the name of a header field is unreadable");
    if (!IsFieldValue(line.substr(colon + 1)))
      return refuse(400, "the value of a header field is unreadable");
    if (IsSingle(header.name) && !head.Find(header.name).empty())
      return refuse(400, "a header field that may stand once stands twice");
    if (!NoteFraming(header, framing, head, refuse)) return false;
    head.headers.push_back(header);
  }
  if (framing.lengths > 0 && framing.encodings > 0) return refuse(400, "the body has two lengths");
  if (framing.hosts == 0 && !head.http_1_0) return refuse(400, "Host is missing");
  return true;
}

// A carriage return or line feed without the other.
bool HasBareEnd(absl::string_view bytes) {
  for (size_t i = bytes.find_first_of("\r\n"); i != absl::string_view::npos;
       i = bytes.find_first_of("\r\n", i)) {
    if (bytes[i] == '\n') return true;
    if (i + 1 < bytes.size() && bytes[i + 1] != '\n') return true;
    i += 2;
  }
  return false;
}

}  // namespace

absl::string_view Head::Find(absl::string_view name) const {
  for (const Header& header : headers) {
    if (absl::EqualsIgnoreCase(header.name, name)) return header.value;
  }
  return {};
}

int ParseHead(absl::string_view block, const HeadLimits& limits, Head& head, const char*& problem) {
  int status = 0;
  const Refusal refuse{status, problem};
  if (block.size() > limits.head_bytes) {
    refuse(431, "the header fields are too large");
  } else if (HasBareEnd(block)) {
    refuse(400, "a line ends without CR LF");
  } else {
    const size_t line_end = block.find("\r\n");
    const absl::string_view fields = block.substr(line_end + 2, block.size() - line_end - 4);
    if (ParseRequestLine(block.substr(0, line_end), limits, head, refuse))
      ParseFields(fields, limits, head, refuse);
  }
  return status;
}

int CheckPartialHead(absl::string_view bytes, const HeadLimits& limits, const char*& problem) {
  int status = 0;
  const Refusal refuse{status, problem};
  const size_t line_end = bytes.find("\r\n");
  Head head;
  if (HasBareEnd(bytes)) {
    refuse(400, "a line ends without CR LF");
  } else if (!bytes.empty() && !IsTokenChar(bytes[0])) {
    refuse(400, "the method is unreadable");
  } else if (line_end != absl::string_view::npos) {
    ParseRequestLine(bytes.substr(0, line_end), limits, head, refuse);
  } else if (bytes.size() > limits.target_bytes + 64) {
    refuse(414, "the address is too long");
  }
  if (status == 0 && bytes.size() > limits.head_bytes) refuse(431, "the header fields are too large");
  return status;
}

}  // namespace kepu::gateway::http
