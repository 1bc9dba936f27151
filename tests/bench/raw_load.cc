// A generator that writes HTTP/2 frames itself: what a client costs that does nothing but ask. It knows just
// enough of the protocol for unary calls against our own server: fixed headers from the dynamic table after
// the first call, no Huffman coding, flow control of the connection, pings and settings acknowledged.
#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <mutex>
#include <thread>
#include <unordered_map>

#include "tests/bench/loads.h"

namespace kepu::bench {
namespace {

enum FrameType : uint8_t {
  kData = 0,
  kHeaders = 1,
  kReset = 3,
  kSettings = 4,
  kPing = 6,
  kGoAway = 7,
  kWindowUpdate = 8
};
constexpr uint8_t kEndStream = 1, kAck = 1, kEndHeaders = 4;
constexpr size_t kFrameHeader = 9;
constexpr int64_t kFirstWindow = 65535;

int64_t Nanos() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void AppendFrame(FrameType type, uint8_t flags, uint32_t stream, const std::string& payload,
                 std::string* out) {
  const uint32_t size = static_cast<uint32_t>(payload.size());
  for (int shift : {16, 8, 0}) out->push_back(static_cast<char>(size >> shift & 0xff));
  out->push_back(static_cast<char>(type));
  out->push_back(static_cast<char>(flags));
  for (int shift : {24, 16, 8, 0}) out->push_back(static_cast<char>(stream >> shift & 0xff));
  *out += payload;
}

uint32_t ReadNumber(const char* bytes, int count) {
  uint32_t value = 0;
  for (int i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

void AppendText(const std::string& text, std::string* out) {
  // Every text here is shorter than 127 bytes: one length byte, no Huffman.
  if (text.size() >= 127) std::abort();
  out->push_back(static_cast<char>(text.size()));
  *out += text;
}

class Connection {
 public:
  Connection(const std::string& path, const std::string& method) : method_(method) {
    fd_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, path.data(), path.size());
    if (connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) != 0) {
      std::perror("raw client");
      std::abort();
    }
    fcntl(fd_, F_SETFL, O_NONBLOCK);
    out_ = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
    // Initial window of each stream, then of the connection: answers are never held up by us.
    AppendFrame(kSettings, 0, 0, std::string("\0\x04\x7f\xff\xff\xff", 6), &out_);
    AppendFrame(kWindowUpdate, 0, 0, std::string("\x7f\xff\0\0", 4), &out_);
  }
  ~Connection() { close(fd_); }

  int fd() const { return fd_; }
  bool wants_write() const { return written_ < out_.size(); }
  int64_t window() const { return window_; }

  void Send(const Request& request, int64_t now) {
    const uint32_t stream = next_stream_;
    next_stream_ += 2;
    sent_[stream] = {now, false};
    AppendFrame(kHeaders, kEndHeaders, stream, Headers(request.principal), &out_);
    std::string message(1, '\0');
    const uint32_t size = static_cast<uint32_t>(request.bytes.size());
    for (int shift : {24, 16, 8, 0}) message.push_back(static_cast<char>(size >> shift & 0xff));
    message += request.bytes;
    window_ -= static_cast<int64_t>(message.size());
    AppendFrame(kData, kEndStream, stream, message, &out_);
  }

  void Write() {
    const ssize_t sent = write(fd_, out_.data() + written_, out_.size() - written_);
    if (sent > 0) written_ += static_cast<size_t>(sent);
    if (written_ == out_.size()) out_.clear(), written_ = 0;
  }

  // Calls `done(sent, ok)` for each call that ended.
  template <class Done>
  void Read(Done done) {
    char buffer[65536];
    ssize_t got;
    while ((got = read(fd_, buffer, sizeof(buffer))) > 0) in_.append(buffer, static_cast<size_t>(got));
    if (got == 0) {
      std::fprintf(stderr, "raw client: the server closed the connection\n");
      std::abort();
    }
    size_t at = 0;
    while (in_.size() - at >= kFrameHeader) {
      const uint32_t size = ReadNumber(in_.data() + at, 3);
      if (in_.size() - at < kFrameHeader + size) break;
      OnFrame(static_cast<FrameType>(in_[at + 3]), static_cast<uint8_t>(in_[at + 4]),
              ReadNumber(in_.data() + at + 5, 4), in_.substr(at + kFrameHeader, size), done);
      at += kFrameHeader + size;
    }
    in_.erase(0, at);
  }

 private:
  struct Sent {
    int64_t at;
    bool message;
  };

  std::string Headers(const std::string& principal) {
    std::string block = "\x83\x86";  // :method POST, :scheme http
    if (!indexed_) {
      indexed_ = true;
      block += "\x44";  // :path, remembered
      AppendText(method_, &block);
      block += "\x41";  // :authority
      AppendText("localhost", &block);
      block += "\x40";
      AppendText("te", &block);
      AppendText("trailers", &block);
      block += "\x5f";  // content-type
      AppendText("application/grpc", &block);
      block += "\x40";
      AppendText("x-kepu-dev-principal", &block);
      AppendText(principal, &block);
      return block;
    }
    // The newest entry is 62: principal 62, content-type 63, te 64, authority 65, path 66.
    block += "\xc2\xc1\xc0\xbf";
    block += "\x0f\x2f";  // name of entry 62, value not remembered: 15 + 47
    AppendText(principal, &block);
    return block;
  }

  template <class Done>
  void OnFrame(FrameType type, uint8_t flags, uint32_t stream, const std::string& payload, Done done) {
    if (type == kSettings && (flags & kAck) == 0) AppendFrame(kSettings, kAck, 0, "", &out_);
    if (type == kPing && (flags & kAck) == 0) AppendFrame(kPing, kAck, 0, payload, &out_);
    if (type == kWindowUpdate && stream == 0) window_ += ReadNumber(payload.data(), 4);
    if (type == kGoAway) std::abort();
    if (type != kData && type != kHeaders && type != kReset) return;
    auto it = sent_.find(stream);
    if (it == sent_.end()) return;
    if (type == kData && !payload.empty()) it->second.message = true;
    if (type == kReset || (flags & kEndStream) != 0) {
      done(it->second.at, it->second.message && type != kReset);
      sent_.erase(it);
    }
  }

  const std::string method_;
  int fd_ = -1;
  bool indexed_ = false;
  uint32_t next_stream_ = 1;
  int64_t window_ = kFirstWindow;
  std::string out_, in_;
  size_t written_ = 0;
  std::unordered_map<uint32_t, Sent> sent_;
};

class RawLoad final : public Load {
 public:
  RawLoad(std::string path, int connections, std::string method, MakeRequest make)
      : path_(std::move(path)),
        connections_(connections),
        method_(std::move(method)),
        make_(std::move(make)) {}

  void Start(int in_flight, Recorder* recorder) override {
    recorder_ = recorder;
    stopping_ = false;
    thread_ = std::thread([this, in_flight] { Run(in_flight); });
  }
  void Stop() override {
    stopping_ = true;
    thread_.join();
  }

 private:
  void Run(int in_flight) {
    std::vector<std::unique_ptr<Connection>> connections;
    std::vector<pollfd> polled;
    for (int i = 0; i < connections_; ++i) {
      connections.push_back(std::make_unique<Connection>(path_, method_));
      polled.push_back({connections.back()->fd(), POLLIN, 0});
    }
    std::vector<int> free(connections.size(), in_flight / connections_);
    int under_way = 0;
    while (!stopping_ || under_way > 0) {
      for (size_t i = 0; i < connections.size(); ++i) {
        Connection& connection = *connections[i];
        while (!stopping_ && free[i] > 0 && connection.window() > 1024) {
          connection.Send(make_(number_++), Nanos());
          --free[i];
          ++under_way;
        }
        if (connection.wants_write()) connection.Write();
        polled[i].events = static_cast<short>(connection.wants_write() ? POLLIN | POLLOUT : POLLIN);
      }
      if (poll(polled.data(), polled.size(), 1000) <= 0) continue;
      for (size_t i = 0; i < connections.size(); ++i) {
        if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0) continue;
        connections[i]->Read([&](int64_t sent, bool ok) {
          ok ? recorder_->Add(Nanos() - sent) : recorder_->Fail();
          ++free[i];
          --under_way;
        });
      }
    }
  }

  const std::string path_;
  const int connections_;
  const std::string method_;
  const MakeRequest make_;
  std::atomic<bool> stopping_{false};
  Recorder* recorder_ = nullptr;
  std::thread thread_;
  uint64_t number_ = 0;
};

}  // namespace

std::unique_ptr<Load> MakeRawLoad(std::string socket_path, int connections, std::string method,
                                  MakeRequest make) {
  return std::make_unique<RawLoad>(std::move(socket_path), connections, std::move(method), std::move(make));
}

}  // namespace kepu::bench
