/* The engine's wishes: a file of lines `key value`. Keys may repeat (`arg`). */
#include "shim.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct config config = {.log_attrs = "", .expect_timeout_ms = 10000};

static char *read_whole(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat st;
  if (fd < 0 || fstat(fd, &st) < 0) die("open config");
  char *text = malloc((size_t)st.st_size + 1);
  if (!text) die("read config");
  size_t length = 0;
  while (length < (size_t)st.st_size) {
    ssize_t n = read(fd, text + length, (size_t)st.st_size - length);
    if (n <= 0) break;
    length += (size_t)n;
  }
  text[length] = 0;
  close(fd);
  return text;
}

static void set(const char *key, char *value) {
  static size_t argc;
  if (!strcmp(key, "arg")) {
    config.runtime_argv = realloc(config.runtime_argv, (argc + 2) * sizeof(char *));
    if (!config.runtime_argv) die("read config");
    config.runtime_argv[argc++] = value;
    config.runtime_argv[argc] = NULL;
  } else if (!strcmp(key, "tty")) config.tty = atoi(value);
  else if (!strcmp(key, "open_stdin")) config.open_stdin = atoi(value);
  else if (!strcmp(key, "stdin_once")) config.stdin_once = atoi(value);
  else if (!strcmp(key, "expect_attached")) config.expect_attached = atoi(value);
  else if (!strcmp(key, "expect_timeout_ms")) config.expect_timeout_ms = atoi(value);
  else if (!strcmp(key, "console_height")) config.console_height = atoi(value);
  else if (!strcmp(key, "console_width")) config.console_width = atoi(value);
  else if (!strcmp(key, "log_driver"))
    config.log_driver = !strcmp(value, "json-file") ? LOG_JSON : !strcmp(value, "local") ? LOG_LOCAL : LOG_NONE;
  else if (!strcmp(key, "log_path")) config.log_path = value;
  else if (!strcmp(key, "log_attrs")) config.log_attrs = value;
  else if (!strcmp(key, "log_max_bytes")) config.log_max_bytes = atoll(value);
  else if (!strcmp(key, "log_max_files")) config.log_max_files = atoi(value);
  else if (!strcmp(key, "log_compress")) config.log_compress = atoi(value);
  else if (!strcmp(key, "oom_path")) config.oom_path = value;
  else if (!strcmp(key, "kill_cgroup")) config.kill_cgroup = value;
  else if (!strcmp(key, "hide_mount")) config.hide_mount = value;
  else die("unknown key in config");
}

/* The values point into the text, which is kept. */
void config_read(const char *path) {
  char *line = read_whole(path);
  while (*line) {
    char *end = strchr(line, '\n');
    if (!end) die("config ends without a newline");
    *end = 0;
    char *value = strchr(line, ' ');
    if (!value) die("config line without a value");
    *value++ = 0;
    set(line, value);
    line = end + 1;
  }
  if (!config.runtime_argv) die("config names no runtime");
}
