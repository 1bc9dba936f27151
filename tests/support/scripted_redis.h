// A server that plays scripted dialogues: it expects commands and sends bytes, cuts and pauses as told, so
// that a client meets every answer a Redis might give, also wrong ones. Each accepted connection plays the
// next script. Owned by a test; scripts are written before the client connects; the rest is thread-safe.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/support/signal.h"

namespace kepu::support {

class ScriptedRedis {
 public:
  // What happens on one connection, step by step. At the end it stays open and takes whatever comes.
  class Script {
   public:
    // The next command is exactly this; anything else is a problem and ends the connection.
    Script& Expect(std::vector<std::string> arguments);
    // As the client greets a server without a password.
    Script& Greet() { return Expect({"PING"}).Send("+PONG\r\n"); }
    Script& Send(std::string bytes);
    // The same, a byte at a time.
    Script& SendSlowly(std::string bytes);
    Script& Delay(absl::Duration duration);
    // Goes on when the test says so.
    Script& WaitFor(Signal& signal);
    // Tells the test that the dialogue has come this far.
    Script& Tell(Signal& signal);
    Script& Close();
    // Any number of commands, each answered by `answer`, until the client goes away.
    Script& Serve(std::function<std::string(const std::vector<std::string>&)> answer);

   private:
    friend class ScriptedRedis;
    class Dialogue;
    using Step = std::function<bool(Dialogue&)>;  // false: the connection ends
    std::vector<Step> steps_;
  };

  ScriptedRedis();
  ~ScriptedRedis();
  ScriptedRedis(const ScriptedRedis&) = delete;
  ScriptedRedis& operator=(const ScriptedRedis&) = delete;

  std::string address() const { return "unix:" + path_; }

  // The script of the next connection. Connections without one are closed as soon as they are made.
  Script& OnConnection();

  // What was not as scripted.
  std::vector<std::string> Problems() const;

  // Connections accepted until now.
  int accepted() const;

  // True once all scripts were played to their end; false when they are not within `limit`.
  bool WaitPlayed(absl::Duration limit) const;

 private:
  void Accept();
  void Play(int fd, const Script& script);
  void Problem(std::string text);

  const std::string folder_;
  const std::string path_;
  int listener_ = -1;
  int stop_fd_ = -1;  // readable once the server ends

  mutable std::mutex mutex_;
  std::deque<Script> scripts_;  // stay in place
  size_t next_script_ = 0;
  size_t played_ = 0;
  int accepted_ = 0;
  std::vector<std::string> problems_;
  std::vector<std::thread> players_;
  std::thread acceptor_;
};

}  // namespace kepu::support
