/* Sends every datagram of port 53 back to where it came from. */
#include <netinet/in.h>
#include <sys/socket.h>

int main(void) {
  struct sockaddr_in here = {.sin_family = AF_INET, .sin_port = htons(53)}, there;
  char data[2048];
  int fd = socket(AF_INET, SOCK_DGRAM, 0);
  if (bind(fd, (struct sockaddr *)&here, sizeof here) < 0) return 1;
  for (;;) {
    socklen_t length = sizeof there;
    ssize_t size = recvfrom(fd, data, sizeof data, 0, (struct sockaddr *)&there, &length);
    if (size >= 0) sendto(fd, data, size, 0, (struct sockaddr *)&there, length);
  }
}
