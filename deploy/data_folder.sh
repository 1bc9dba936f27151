# Makes and configures the data folder of an instance: keys, folders, Redis. Sourced after instance.sh by deploy/up and
# deploy/restore; sets functions only.

# make_key NAME: 32 random bytes that their owner alone can read. Never made twice: what is sealed under a key is lost
# with it.
make_key() {
  local file=$data/keys/$1.key
  [ ! -e "$file" ] || return 0
  head -c 32 /dev/urandom >"$file.new"
  chmod 0400 "$file.new"
  mv "$file.new" "$file"
}

# Everything that a data folder has, in an order in which a crash half-way leaves something the next start completes:
# the layout comes last.
make_data_folder() {
  local service
  umask 077
  chmod 0700 "$data"
  mkdir -p "$data"/{keys,run,log,redis,state,vault,blobs}
  for service in "${kepu_services[@]}" gateway; do mkdir -p "$data/state/$service"; done
  make_key data-set
  make_key identity
  make_key pepper
  make_key vault
  if [ ! -e "$data/keys/bootstrap-code" ]; then
    head -c 24 /dev/urandom | base64 | tr '+/' '-_' >"$data/keys/bootstrap-code.new"
    chmod 0400 "$data/keys/bootstrap-code.new"
    mv "$data/keys/bootstrap-code.new" "$data/keys/bootstrap-code"
  fi
  write_redis_users
  write_redis_config
  [ -e "$data/layout" ] || echo "$kepu_layout" >"$data/layout"
}

# Who may do what in Redis. One user for all so far; the socket lies in a folder that only the owner can enter.
write_redis_users() {
  cat >"$data/redis/users.acl" <<'TEXT'
user default on nopass ~* &* +@all -@dangerous -@scripting +fcall +fcall_ro +function +info +config|get +role +replconf +psync +sync
TEXT
}

write_redis_config() {
  cat >"$data/redis/redis.conf" <<TEXT
# Written by deploy/up at every start; changes here are lost.
port 0
unixsocket "$data/run/redis.sock"
unixsocketperm 700
dir "$data/redis"
aclfile "$data/redis/users.acl"
databases 1
# An acknowledged booking is on the disk: one fsync for each turn of the event loop, also while the file is rewritten.
appendonly yes
appendfsync always
no-appendfsync-on-rewrite no
aof-timestamp-enabled yes
auto-aof-rewrite-percentage 100
auto-aof-rewrite-min-size 256mb
save ""
# Nothing is ever thrown away to make room; a full store refuses.
maxmemory-policy noeviction
# Decisions are short; what runs longer is a defect and is stopped.
busy-reply-threshold 1000
timeout 0
tcp-keepalive 60
TEXT
}

# start_redis_alone: for work on the data without the services; stop_redis_alone ends it. Sets redis_alone to its pid.
start_redis_alone() {
  redis-server "$data/redis/redis.conf" </dev/null >>"$data/log/redis.log" 2>&1 &
  redis_alone=$!
  wait_until 300 redis_answers || die "$exit_failed" "Redis does not start on the data; see $data/log/redis.log"
}

redis_answers() {
  kill -0 "$redis_alone" 2>/dev/null || die "$exit_failed" "Redis ended; see $data/log/redis.log"
  [ "$(redis_cli ping 2>/dev/null)" = PONG ]
}

stop_redis_alone() {
  kill -TERM "$redis_alone" 2>/dev/null || true
  wait "$redis_alone" 2>/dev/null || true
}

# Tells whether two sets of keys are the same without telling the keys.
keys_fingerprint() {
  cat "$data"/keys/data-set.key "$data"/keys/identity.key "$data"/keys/pepper.key "$data"/keys/vault.key |
    sha256sum | cut -c1-32
}
