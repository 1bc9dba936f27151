// A program that a test or benchmark runs beside itself: ended with the object, and by the system when the
// test dies. What it says goes to a log file. Used on the thread that made it, which must outlive it.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace kepu::support {

class ChildProcess {
 public:
  // Starts `arguments[0]` (a path) with both outputs appended to `log_path`. Aborts when it cannot be
  // started.
  ChildProcess(std::vector<std::string> arguments, std::string log_path);
  ~ChildProcess();
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  pid_t pid() const { return pid_; }
  bool Running();
  // At once, as a crash would; waits until it is gone.
  void Kill9();
  // SIGTERM; waits until it is gone, by SIGKILL after `seconds_max`. The exit code, -1 for a signal.
  int Terminate(int seconds_max = 20);
  // The same program again, after it has ended.
  void Restart();
  std::string Log() const;

 private:
  void Start();

  std::vector<std::string> arguments_;
  std::string log_path_;
  pid_t pid_ = -1;
  int exit_code_ = -1;
};

// A new folder below the system's temporary one, removed with the object.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Waits until something listens on a unix socket; false after `seconds_max`.
bool WaitForSocket(const std::string& path, int seconds_max = 60);

// The folder with the secrets a service reads: random keys of 32 bytes, readable by their owner only.
void WriteKeys(const std::string& folder);

}  // namespace kepu::support
