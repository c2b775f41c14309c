/*
 * The log file, byte-compatible with Docker's json-file and local drivers:
 * lines of at most 16 KiB, longer ones in pieces, rotated by size, the rotated
 * ones compressed by a gzip child. A full disk or a broken log loses lines and
 * never hurts the process.
 */
#include "shim.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#define PIECE (16 * 1024)
#define BUFFER (512 * 1024)
/* The worst entry: a piece of control characters, six bytes each, and what stands around it. */
#define WORST_ENTRY (PIECE * 6 + 1024)

struct line {
  char *held; /* what has come of the line so far */
  size_t held_length;
  int split; /* pieces of it are written already */
  int ordinal;
  int64_t time; /* of the first piece: all carry it */
  char id[65];
};

static struct line lines[2];
static int log_fd = -1;
static int64_t file_size;
static char *buffer;
static size_t used;
static size_t attrs_length;
static pid_t compressor;

/* ---- time ---- */

static char stamp_text[40];
static size_t stamp_length;
static int64_t stamp_of = -1;

/* RFC 3339 as Go prints it: nanoseconds without trailing zeros. */
static void stamp(int64_t ns) {
  static int64_t second = -1;
  if (ns == stamp_of) return;
  stamp_of = ns;
  int64_t s = ns / 1000000000;
  if (s != second) {
    second = s;
    int64_t z = s / 86400 + 719468, era = z / 146097;
    unsigned doe = (unsigned)(z - era * 146097);
    unsigned yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    unsigned doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
    unsigned day = doy - (153 * mp + 2) / 5 + 1, month = mp < 10 ? mp + 3 : mp - 9;
    unsigned rest = (unsigned)(s % 86400);
    snprintf(stamp_text, sizeof stamp_text, "%04u-%02u-%02uT%02u:%02u:%02u",
             (unsigned)(yoe + era * 400) + (month <= 2), month, day, rest / 3600, rest / 60 % 60, rest % 60);
  }
  char *p = stamp_text + 19;
  unsigned fraction = (unsigned)(ns % 1000000000);
  if (fraction) {
    *p++ = '.';
    char digits[9];
    for (int i = 8; i >= 0; i--, fraction /= 10) digits[i] = (char)('0' + fraction % 10);
    int count = 9;
    while (digits[count - 1] == '0') count--;
    memcpy(p, digits, (size_t)count);
    p += count;
  }
  *p++ = 'Z';
  stamp_length = (size_t)(p - stamp_text);
}

/* ---- json-file ---- */

static char *put(char *at, const void *data, size_t length) {
  memcpy(at, data, length);
  return at + length;
}

#define PUT(at, text) put(at, text, sizeof(text) - 1)

/* Bytes of a valid UTF-8 sequence at p, or 0. */
static int utf8_length(const unsigned char *p, size_t left) {
  unsigned char c = p[0];
  if (c >= 0xC2 && c <= 0xDF) return left >= 2 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
  if (c >= 0xE0 && c <= 0xEF) {
    if (left < 3 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80) return 0;
    if (c == 0xE0 && p[1] < 0xA0) return 0;
    if (c == 0xED && p[1] > 0x9F) return 0;
    return 3;
  }
  if (c >= 0xF0 && c <= 0xF4) {
    if (left < 4 || (p[1] & 0xC0) != 0x80 || (p[2] & 0xC0) != 0x80 || (p[3] & 0xC0) != 0x80) return 0;
    if (c == 0xF0 && p[1] < 0x90) return 0;
    if (c == 0xF4 && p[1] > 0x8F) return 0;
    return 4;
  }
  return 0;
}

/* How many bytes from p need no escape. */
static size_t plain_run(const unsigned char *p, size_t length) {
  size_t i = 0;
#ifdef __SSE2__
  const __m128i low = _mm_set1_epi8(0x20);
  for (; i + 16 <= length; i += 16) {
    __m128i v = _mm_loadu_si128((const __m128i *)(p + i));
    /* Signed comparison: bytes from 0x80 up are negative, so below the space as control characters are. */
    __m128i bad = _mm_cmplt_epi8(v, low);
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('"')));
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('\\')));
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('<')));
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('>')));
    bad = _mm_or_si128(bad, _mm_cmpeq_epi8(v, _mm_set1_epi8('&')));
    int mask = _mm_movemask_epi8(bad);
    if (mask) return i + (size_t)__builtin_ctz((unsigned)mask);
  }
#endif
  for (; i < length; i++) {
    unsigned char c = p[i];
    if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&') break;
  }
  return i;
}

static char *put_json_text(char *at, const unsigned char *p, size_t length) {
  static const char hex[] = "0123456789abcdef";
  while (length > 0) {
    size_t run = plain_run(p, length);
    at = put(at, p, run);
    p += run;
    length -= run;
    if (length == 0) break;
    unsigned char c = *p;
    size_t taken = 1;
    if (c >= 0x80) {
      taken = (size_t)utf8_length(p, length);
      if (taken == 0) {
        at = PUT(at, "\\ufffd");
        taken = 1;
      } else if (taken == 3 && p[0] == 0xE2 && p[1] == 0x80 && (p[2] == 0xA8 || p[2] == 0xA9)) {
        at = PUT(at, "\\u202");
        *at++ = p[2] == 0xA8 ? '8' : '9';
      } else at = put(at, p, taken);
    } else if (c == '"' || c == '\\') {
      *at++ = '\\';
      *at++ = (char)c;
    } else if (c == '\n') at = PUT(at, "\\n");
    else if (c == '\r') at = PUT(at, "\\r");
    else {
      at = PUT(at, "\\u00");
      *at++ = hex[c >> 4];
      *at++ = hex[c & 15];
    }
    p += taken;
    length -= taken;
  }
  return at;
}

static char *encode_json(char *at, enum stream stream, const char *data, size_t length, int newline) {
  at = PUT(at, "{\"log\":\"");
  at = put_json_text(at, (const unsigned char *)data, length);
  if (newline) at = PUT(at, "\\n");
  at = stream == ERR ? PUT(at, "\",\"stream\":\"stderr\",") : PUT(at, "\",\"stream\":\"stdout\",");
  if (attrs_length) {
    at = put(at, config.log_attrs, attrs_length);
    *at++ = ',';
  }
  at = PUT(at, "\"time\":\"");
  at = put(at, stamp_text, stamp_length);
  return PUT(at, "\"}\n");
}

/* ---- local: a protobuf message between its length and its length again ---- */

static char *put_varint(char *at, uint64_t value) {
  while (value >= 0x80) {
    *at++ = (char)(value | 0x80);
    value >>= 7;
  }
  *at++ = (char)value;
  return at;
}

static char *put_big_endian(char *at, uint32_t value) {
  unsigned char bytes[4] = {value >> 24, value >> 16, value >> 8, value};
  return put(at, bytes, 4);
}

/*
 * message LogEntry { string source = 1; int64 time_nano = 2; bytes line = 3; bool partial = 4;
 *   PartialLogEntryMetadata { bool last = 1; string id = 2; int32 ordinal = 3; } partial_log_metadata = 5; }
 */
static char *encode_local(char *at, enum stream stream, const char *data, size_t length, const struct line *line,
                          int partial, int last, int64_t time) {
  char *start = at;
  at += 4;
  at = stream == ERR ? PUT(at, "\x0a\x06stderr") : PUT(at, "\x0a\x06stdout");
  *at++ = 0x10;
  at = put_varint(at, (uint64_t)time);
  if (length > 0) {
    *at++ = 0x1a;
    at = put_varint(at, length);
    at = put(at, data, length);
  }
  if (partial) {
    char meta[96], *m = meta;
    if (last) m = PUT(m, "\x08\x01");
    *m++ = 0x12;
    *m++ = 64;
    m = put(m, line->id, 64);
    *m++ = 0x18;
    m = put_varint(m, (uint64_t)line->ordinal);
    at = PUT(at, "\x20\x01\x2a");
    at = put_varint(at, (uint64_t)(m - meta));
    at = put(at, meta, (size_t)(m - meta));
  }
  uint32_t size = (uint32_t)(at - start - 4);
  put_big_endian(start, size);
  return put_big_endian(at, size);
}

/* ---- file ---- */

static void open_file(int flags) {
  log_fd = open(config.log_path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | flags, 0640);
  struct stat st;
  file_size = log_fd >= 0 && fstat(log_fd, &st) == 0 ? st.st_size : 0;
}

void log_open(void) {
  if (config.log_driver == LOG_NONE || !config.log_path) {
    config.log_driver = LOG_NONE;
    return;
  }
  attrs_length = strlen(config.log_attrs);
  open_file(0);
}

/* A write that fails half-way is taken back, so that no broken line stays in the file. */
void log_flush(void) {
  size_t written = 0;
  if (used == 0) return;
  while (log_fd >= 0 && written < used) {
    ssize_t n = write(log_fd, buffer + written, used - written);
    if (n < 0 && errno == EINTR) continue;
    if (n <= 0) {
      if (written > 0 && ftruncate(log_fd, file_size) < 0) break;
      written = 0;
      break;
    }
    written += (size_t)n;
  }
  file_size += (int64_t)written;
  used = 0;
}

static void name_of(char *out, size_t size, int number, const char *suffix) {
  if (number == 0) snprintf(out, size, "%s%s", config.log_path, suffix);
  else snprintf(out, size, "%s.%d%s", config.log_path, number, suffix);
}

static void compress_newest(void) {
  char source[4096], target[4096];
  name_of(source, sizeof source, 1, "");
  name_of(target, sizeof target, 1, ".gz.tmp");
  compressor = fork();
  if (compressor < 0) compressor = 0;
  if (compressor != 0) return;
  int in = open(source, O_RDONLY), out = open(target, O_WRONLY | O_CREAT | O_TRUNC, 0640);
  if (in < 0 || out < 0 || dup2(in, 0) < 0 || dup2(out, 1) < 0) _exit(1);
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
  execlp("gzip", "gzip", "-c", "-1", (char *)NULL);
  _exit(127);
}

int log_child(pid_t pid, int status) {
  if (pid != compressor || pid == 0) return 0;
  compressor = 0;
  char source[4096], temporary[4096], target[4096];
  name_of(source, sizeof source, 1, "");
  name_of(temporary, sizeof temporary, 1, ".gz.tmp");
  name_of(target, sizeof target, 1, ".gz");
  if (WIFEXITED(status) && WEXITSTATUS(status) == 0 && rename(temporary, target) == 0) unlink(source);
  else unlink(temporary);
  return 1;
}

static void rotate(void) {
  log_flush();
  if (log_fd >= 0) close(log_fd);
  if (config.log_max_files > 1) {
    char from[4096], to[4096];
    static const char *const suffixes[] = {"", ".gz"};
    for (int number = config.log_max_files - 1; number >= 1; number--) {
      for (int i = 0; i < 2; i++) {
        name_of(from, sizeof from, number - 1, suffixes[i]);
        name_of(to, sizeof to, number, suffixes[i]);
        if (number - 1 == 0 && i == 1) continue;
        /* Whichever form the older file has, the other form of its new name must go. */
        if (rename(from, to) == 0) {
          name_of(to, sizeof to, number, suffixes[1 - i]);
          unlink(to);
        }
      }
    }
  }
  open_file(O_TRUNC);
  if (config.log_max_files > 1 && config.log_compress) compress_newest();
}

int log_stalled(void) {
  return compressor != 0 && config.log_max_bytes > 0 && file_size + (int64_t)used >= 2 * config.log_max_bytes;
}

/* ---- lines ---- */

static void entry(enum stream stream, const char *data, size_t length, int newline, int64_t time) {
  struct line *line = &lines[stream];
  if (config.log_max_bytes > 0 && compressor == 0 && file_size + (int64_t)used >= config.log_max_bytes) rotate();
  if (used + WORST_ENTRY + attrs_length > BUFFER) log_flush();
  char *at = buffer + used, *end;
  int partial = line->split || !newline;
  if (partial && !line->split) {
    line->time = time;
    line->ordinal = 1;
    if (config.log_driver == LOG_LOCAL)
      for (int i = 0; i < 64; i += 16)
        snprintf(line->id + i, 17, "%016llx", (unsigned long long)(time * 2862933555777941757 + i + stream));
  }
  if (line->split) time = line->time;
  if (config.log_driver == LOG_JSON) {
    stamp(time);
    end = encode_json(at, stream, data, length, newline);
  } else end = encode_local(at, stream, data, length, line, partial, partial && newline, time);
  used += (size_t)(end - at);
  line->ordinal++;
  line->split = !newline;
}

static void hold(struct line *line, const char *data, size_t length) {
  if (!line->held && !(line->held = malloc(PIECE))) die("malloc");
  memcpy(line->held + line->held_length, data, length);
  line->held_length += length;
}

/* Writes the held beginning of a line together with what completes it. */
static void entry_with_held(enum stream stream, const char *data, size_t length, int newline, int64_t time) {
  struct line *line = &lines[stream];
  if (line->held_length == 0) {
    entry(stream, data, length, newline, time);
    return;
  }
  hold(line, data, length);
  entry(stream, line->held, line->held_length, newline, time);
  line->held_length = 0;
  free(line->held);
  line->held = NULL;
}

void log_write(enum stream stream, const char *data, size_t length) {
  if (config.log_driver == LOG_NONE || log_fd < 0) return;
  if (!buffer) {
    buffer = mmap(NULL, BUFFER + attrs_length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (buffer == MAP_FAILED) die("mmap");
  }
  int64_t time = now_ns();
  struct line *line = &lines[stream];
  while (length > 0) {
    size_t room = PIECE - line->held_length;
    size_t window = length < room ? length : room;
    const char *newline = memchr(data, '\n', window);
    size_t taken = newline ? (size_t)(newline - data) : window;
    if (newline) entry_with_held(stream, data, taken, 1, time);
    else if (window == room) entry_with_held(stream, data, taken, 0, time);
    else hold(line, data, taken);
    if (newline) taken++;
    data += taken;
    length -= taken;
  }
}

void log_end(enum stream stream) {
  struct line *line = &lines[stream];
  if (line->held_length == 0) return;
  entry_with_held(stream, "", 0, 0, now_ns());
  log_flush();
}

void log_idle(void) {
  if (buffer && used == 0) madvise(buffer, BUFFER, MADV_DONTNEED);
}
