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

# make_password USER: of a user of Redis, 256 random bits as text that needs no quoting anywhere.
make_password() {
  local file=$data/keys/redis-$1.password
  [ ! -e "$file" ] || return 0
  head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n' >"$file.new"
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
  for service in "${kepu_services[@]}" admin probe; do make_password "$service"; done
  write_redis_users
  write_redis_config
  [ -e "$data/layout" ] || echo "$kepu_layout" >"$data/layout"
}

# redis_user NAME RULE...: one line of Redis's users. The file holds the digest of a password, never a password.
redis_user() {
  local name=$1
  shift
  printf 'user %s on #%s resetkeys resetchannels -@all %s\n' "$name" \
    "$(tr -d '\n' <"$data/keys/redis-$name.password" | sha256sum | cut -c1-64)" "$*"
}

# Who may do what in Redis. Each service has its own keys and reads those whose logs it follows, with the commands of the commit
# and of reading; only deploy's own user loads functions or copies the data; nobody runs code of the moment, empties
# anything or looks at what others ask.
# The default user is off, so nobody is it, but may do everything: as it, Redis 7.0 loads its append-only file, and it
# leaves out without a word every transaction of which that user may not do a command.
write_redis_users() {
  local service followed rules commit look
  commit='+fcall +fcall_ro +hget +hmget +hset +hdel +sadd +scard +zadd +zrem +zcard +xadd +unlink +time'
  look='+ping +config|get +info +role +function|list +hgetall +smembers +zrangebyscore +xrange +xread'
  local -A follows=([identity]='venue' [venue]='event volunteer' [event]='venue volunteer' [volunteer]='venue event')
  {
    echo 'user default off resetpass ~* &* +@all'
    redis_user probe +ping
    redis_user admin '~* +@all -@dangerous -@scripting -@pubsub +fcall +fcall_ro +function +info +config|get +role +replconf +psync +sync'
    for service in "${kepu_services[@]}"; do
      rules="~{$service:*}/*"
      for followed in ${follows[$service]-}; do rules+=" %R~{$followed:*}/*"; done
      redis_user "$service" "$rules $commit $look"
    done
  } >"$data/redis/users.acl.new"
  mv "$data/redis/users.acl.new" "$data/redis/users.acl"
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
