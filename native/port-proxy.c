#define _GNU_SOURCE
#include "shim.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

/*
 * hull-shim port-proxy EXEC_ROOT tcp|udp HOST_IP HOST_PORT TARGET_IP TARGET_PORT
 *
 * The copying proxy of one published port, for what a kernel cannot rewrite (IPv6 to a container
 * that has IPv4 only, loopback of IPv6). A process of its own, so that it outlives the engine;
 * its command line is all there is to find it by. Prints "ready" once it listens, or why not.
 */

#define CHUNK (256 * 1024)
#define UDP_SIZE 65536
#define UDP_BUCKETS 1024
/* As the kernel's connection tracking has it for datagrams with and without an answer. */
#define UDP_IDLE_SECONDS 120
#define UDP_SILENT_SECONDS 30

struct end { /* what epoll gives back: one socket of a pair, or the listener */
  int fd;
  struct link *link;
};

struct pipe_way {
  int pipe[2];
  size_t held;
  int ended, closed;
};

struct link { /* TCP: client and container */
  struct end side[2];
  struct pipe_way way[2]; /* way[i]: read from side[i], written to the other */
  int connected, dead;
  struct link *next_dead;
};

struct flow { /* UDP: one client, with a socket of its own towards the container */
  struct end end; /* link stays null */
  struct sockaddr_storage client;
  struct in6_pktinfo info6;
  struct in_pktinfo info4;
  time_t used;
  int answered;
  struct flow *next;
};

static int epoll, listener;
static struct sockaddr_storage host, target;
static socklen_t host_size, target_size;
static struct flow *flows[UDP_BUCKETS];
static struct link *dead_links;

static int refuse(const char *what) {
  dprintf(2, "%s: %s\n", what, errno == EADDRINUSE ? "EADDRINUSE" : strerror(errno));
  return 1;
}

static socklen_t parse(struct sockaddr_storage *out, const char *ip, const char *port) {
  memset(out, 0, sizeof *out);
  struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
  struct sockaddr_in *four = (struct sockaddr_in *)out;
  if (inet_pton(AF_INET6, ip, &six->sin6_addr) == 1) {
    six->sin6_family = AF_INET6;
    six->sin6_port = htons((uint16_t)atoi(port));
    return sizeof *six;
  }
  if (inet_pton(AF_INET, ip, &four->sin_addr) != 1) return 0;
  four->sin_family = AF_INET;
  four->sin_port = htons((uint16_t)atoi(port));
  return sizeof *four;
}

static int watch(struct end *end, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = end};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, end->fd, &event);
}

/* ---- TCP: bytes go from socket to socket through a pipe, never through this process ---- */

static void bury(struct link *link) {
  if (link->dead) return;
  link->dead = 1;
  for (int i = 0; i < 2; i++) {
    if (link->side[i].fd >= 0) close(link->side[i].fd);
    for (int j = 0; j < 2; j++)
      if (link->way[i].pipe[j] >= 0) close(link->way[i].pipe[j]);
  }
  /* Events of this round may still name it. */
  link->next_dead = dead_links;
  dead_links = link;
}

static void reset(struct link *link) {
  struct linger now = {1, 0};
  for (int i = 0; i < 2; i++)
    if (link->side[i].fd >= 0) setsockopt(link->side[i].fd, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  bury(link);
}

/* Moves what can be moved; 0 when the connection broke. */
static int pump(struct link *link, int from) {
  struct pipe_way *way = &link->way[from];
  int in = link->side[from].fd, out = link->side[!from].fd;
  const unsigned flags = SPLICE_F_NONBLOCK | SPLICE_F_MOVE;
  for (;;) {
    int moved = 0;
    if (!way->ended) {
      ssize_t n = splice(in, NULL, way->pipe[1], NULL, CHUNK, flags);
      if (n > 0) way->held += (size_t)n, moved = 1;
      else if (n == 0) way->ended = 1;
      else if (errno != EAGAIN && errno != EINTR) return 0;
    }
    if (way->held > 0) {
      ssize_t n = splice(way->pipe[0], NULL, out, NULL, way->held, flags);
      if (n > 0) way->held -= (size_t)n, moved = 1;
      else if (n < 0 && errno != EAGAIN && errno != EINTR) return 0;
    }
    if (way->ended && way->held == 0 && !way->closed) {
      shutdown(out, SHUT_WR);
      way->closed = 1;
    }
    if (!moved) return 1;
  }
}

static void tcp_event(struct link *link, struct end *end, uint32_t events) {
  if (link->dead) return;
  if (!link->connected) {
    if (end != &link->side[1]) return;
    int error = 0;
    socklen_t size = sizeof error;
    getsockopt(end->fd, SOL_SOCKET, SO_ERROR, &error, &size);
    if (error) return reset(link);
    if (!(events & EPOLLOUT)) return;
    link->connected = 1;
  }
  if (!pump(link, 0) || !pump(link, 1)) return reset(link);
  if (link->way[0].closed && link->way[1].closed) bury(link);
}

static void tcp_accept(void) {
  for (;;) {
    int client = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (client < 0) {
      /* Out of descriptors: let some connections end instead of spinning. */
      if (errno == EMFILE || errno == ENFILE) usleep(10000);
      return;
    }
    struct link *link = calloc(1, sizeof *link);
    if (!link) { close(client); return; }
    link->side[0] = (struct end){client, link};
    link->side[1] = (struct end){socket(target.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), link};
    for (int i = 0; i < 2; i++) link->way[i].pipe[0] = link->way[i].pipe[1] = -1;
    int one = 1, ok = link->side[1].fd >= 0;
    for (int i = 0; ok && i < 2; i++) {
      ok = pipe2(link->way[i].pipe, O_NONBLOCK | O_CLOEXEC) == 0;
      if (ok) fcntl(link->way[i].pipe[0], F_SETPIPE_SZ, CHUNK);
      setsockopt(link->side[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    }
    ok = ok && (connect(link->side[1].fd, (struct sockaddr *)&target, target_size) == 0 || errno == EINPROGRESS);
    const uint32_t both = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    ok = ok && watch(&link->side[0], both) == 0 && watch(&link->side[1], both) == 0;
    if (!ok) reset(link);
  }
}

/* ---- UDP ---- */

static unsigned bucket_of(const struct sockaddr_storage *client) {
  const unsigned char *bytes = (const unsigned char *)client;
  unsigned hash = 2166136261u;
  for (size_t i = 0; i < host_size; i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash % UDP_BUCKETS;
}

static void udp_from_client(char *buffer) {
  for (;;) {
    struct sockaddr_storage client = {0};
    char control[128];
    struct iovec data = {buffer, UDP_SIZE};
    struct msghdr message = {.msg_name = &client, .msg_namelen = sizeof client, .msg_iov = &data,
                             .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t n = recvmsg(listener, &message, 0);
    if (n < 0) return;
    /* Flow labels change; addresses and ports are who somebody is. */
    if (client.ss_family == AF_INET6) ((struct sockaddr_in6 *)&client)->sin6_flowinfo = 0;
    unsigned bucket = bucket_of(&client);
    struct flow *flow = flows[bucket];
    while (flow && memcmp(&flow->client, &client, host_size) != 0) flow = flow->next;
    if (!flow) {
      int fd = socket(target.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
      if (fd < 0) continue;
      flow = calloc(1, sizeof *flow);
      if (flow) flow->end.fd = fd;
      if (!flow || connect(fd, (struct sockaddr *)&target, target_size) != 0 || watch(&flow->end, EPOLLIN) != 0) {
        close(fd);
        free(flow);
        continue;
      }
      flow->client = client;
      flow->next = flows[bucket];
      flows[bucket] = flow;
    }
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
      if (c->cmsg_type == IPV6_PKTINFO) memcpy(&flow->info6, CMSG_DATA(c), sizeof flow->info6);
      if (c->cmsg_type == IP_PKTINFO) memcpy(&flow->info4, CMSG_DATA(c), sizeof flow->info4);
    }
    flow->used = time(NULL);
    /* A refusal of before is reported here and is none of this datagram's business. */
    if (send(flow->end.fd, buffer, (size_t)n, 0) < 0) send(flow->end.fd, buffer, (size_t)n, 0);
  }
}

/* Answers leave from the address the client had asked, which a wildcard socket does not do by itself. */
static void udp_answer(struct flow *flow, char *buffer) {
  ssize_t n;
  while ((n = recv(flow->end.fd, buffer, UDP_SIZE, 0)) >= 0) {
    char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {0};
    struct iovec data = {buffer, (size_t)n};
    struct msghdr message = {.msg_name = &flow->client, .msg_namelen = host_size, .msg_iov = &data,
                             .msg_iovlen = 1, .msg_control = control};
    int six = host.ss_family == AF_INET6;
    size_t size = six ? sizeof flow->info6 : sizeof flow->info4;
    message.msg_controllen = CMSG_SPACE(size);
    struct cmsghdr *c = CMSG_FIRSTHDR(&message);
    c->cmsg_level = six ? IPPROTO_IPV6 : IPPROTO_IP;
    c->cmsg_type = six ? IPV6_PKTINFO : IP_PKTINFO;
    c->cmsg_len = CMSG_LEN(size);
    if (six) memcpy(CMSG_DATA(c), &flow->info6, size);
    else {
      struct in_pktinfo from = {.ipi_spec_dst = flow->info4.ipi_addr};
      memcpy(CMSG_DATA(c), &from, sizeof from);
    }
    sendmsg(listener, &message, 0);
    flow->used = time(NULL);
    flow->answered = 1;
  }
}

static void udp_sweep(void) {
  time_t now = time(NULL);
  for (int i = 0; i < UDP_BUCKETS; i++)
    for (struct flow **at = &flows[i]; *at;) {
      struct flow *flow = *at;
      if (now - flow->used < (flow->answered ? UDP_IDLE_SECONDS : UDP_SILENT_SECONDS)) {
        at = &flow->next;
        continue;
      }
      *at = flow->next;
      close(flow->end.fd);
      free(flow);
    }
}

/* ---- both ---- */

int port_proxy(int count, char **words) {
  if (count != 8) return dprintf(2, "port-proxy: wrong number of arguments\n"), 1;
  int udp = strcmp(words[3], "udp") == 0;
  host_size = parse(&host, words[4], words[5]);
  target_size = parse(&target, words[6], words[7]);
  if (!host_size || !target_size) return dprintf(2, "port-proxy: invalid address\n"), 1;
  signal(SIGPIPE, SIG_IGN);
  struct rlimit files;
  if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
  }
  int one = 1, type = udp ? SOCK_DGRAM : SOCK_STREAM;
  listener = socket(host.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (listener < 0) return refuse("socket");
  if (host.ss_family == AF_INET6) setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
  if (!udp) setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  else if (host.ss_family == AF_INET6) setsockopt(listener, IPPROTO_IPV6, IPV6_RECVPKTINFO, &one, sizeof one);
  else setsockopt(listener, IPPROTO_IP, IP_PKTINFO, &one, sizeof one);
  if (bind(listener, (struct sockaddr *)&host, host_size) != 0) return refuse("bind");
  if (!udp && listen(listener, 4096) != 0) return refuse("listen");
  epoll = epoll_create1(EPOLL_CLOEXEC);
  struct end own = {listener, NULL};
  char *buffer = malloc(UDP_SIZE);
  if (epoll < 0 || !buffer || watch(&own, EPOLLIN) != 0) return refuse("epoll");
  if (chdir("/") != 0) return refuse("chdir");
  dprintf(1, "ready\n");
  int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
  for (int fd = 0; fd < 3; fd++) dup2(nothing, fd);
  for (;;) {
    struct epoll_event events[64];
    int n = epoll_wait(epoll, events, 64, udp ? 10000 : -1);
    for (int i = 0; i < n; i++) {
      struct end *end = events[i].data.ptr;
      if (end == &own && udp) udp_from_client(buffer);
      else if (end == &own) tcp_accept();
      else if (end->link) tcp_event(end->link, end, events[i].events);
      else udp_answer((struct flow *)end, buffer);
    }
    while (dead_links) {
      struct link *link = dead_links;
      dead_links = link->next_dead;
      free(link);
    }
    if (udp) {
      static time_t swept;
      if (time(NULL) - swept >= 10) udp_sweep(), swept = time(NULL);
    }
  }
}
