/* A bounded queue between attach clients and the process's stdin. */
#include "shim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAPACITY (64 * 1024)

static char *queue;
static size_t head, length;

size_t stdin_space(void) { return CAPACITY - length; }

int stdin_pending(void) { return length > 0; }

void stdin_put(const char *data, size_t size) {
  if (!queue && !(queue = malloc(CAPACITY))) die("malloc");
  if (head > 0) {
    memmove(queue, queue + head, length);
    head = 0;
  }
  memcpy(queue + length, data, size);
  length += size;
}

void stdin_drop(void) {
  free(queue);
  queue = NULL;
  head = length = 0;
}

void stdin_flush(int fd, int closing) {
  while (length > 0) {
    ssize_t n = write(fd, queue + head, length);
    if (n < 0 && errno == EINTR) continue;
    if (n < 0 && errno == EAGAIN) return;
    if (n < 0) { /* The process has closed its end: what is left has no reader. */
      stdin_drop();
      shim_close_stdin();
      return;
    }
    head += (size_t)n;
    length -= (size_t)n;
  }
  stdin_drop();
  if (closing) shim_close_stdin();
}
