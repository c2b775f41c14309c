export const portsTopic = `
Containers of one network reach all ports of each other. From outside only published ports are reached:

  -p 8080:80             port 8080 of this machine, on all its addresses
  -p 127.0.0.1:8080:80   only from this machine itself
  -p 80                  a free port of this machine; \`hull port\` tells which
  -p 8080:80/udp         UDP
  -p 7000-7009:7000-7009 a range
  -P                     all ports the image says it listens on, each on a free one

A port published on all addresses is open to everybody who reaches this machine, whatever its firewall says about other programs. \`hull publish audit\` lists who can reach what. An engine started with --safe-publish takes 127.0.0.1 when no address is given.

While a container runs, \`hull publish add\` and \`hull publish rm\` publish ports and take them back. \`hull port-forward\` opens a port for as long as it runs, published or not; \`hull tunnel\` does the same over ssh.

"port is already allocated": another container or program has it, and the message says which.
`;
