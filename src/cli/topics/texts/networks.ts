export const networksTopic = `
A container is on the network \`bridge\` unless --network says otherwise. There it has an address and a way out, but no names. On a network of your own, containers reach each other by name:

  hull network create shop
  hull run -d --name db --network shop postgres
  hull run --rm --network shop busybox ping -c 1 db

What --network takes:

  NAME             a network from \`hull network ls\`; may be given several times
  bridge           the default
  host             this machine's own network: nothing is published, nothing is apart
  none             only loopback
  container:NAME   the network of another container: they share localhost

More names on a network are given with --network-alias; a fixed address with --ip and --ip6, which needs a network made with --subnet. \`host.docker.internal\` is this machine. Names are answered at 127.0.0.11; what is no container's name goes to the name servers of this machine, or those of --dns.

A network made with --internal has no way out. Drivers are bridge (the default) and macvlan, which puts containers on the network of a card of this machine with addresses of their own.

A running container is put on a network by \`hull network connect\` and taken off by \`hull network disconnect\`.
`;
