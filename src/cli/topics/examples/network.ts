import type { Manuals } from "./manuals.ts";

/** Commands about networks, ports and volumes. */
export const networkManuals: Manuals = {
  "network create": {
    about: `Makes a network. Containers of one network reach each other by name; those of different networks do not.`,
    examples: [
      ["The usual", "hull network create shop"],
      ["Addresses of one's own", "hull network create --subnet 10.20.0.0/24 --gateway 10.20.0.1 shop"],
      ["Without a way out", "hull network create --internal backend"],
      ["With IPv6", "hull network create --ipv6 shop"],
    ],
    also: ["networks"],
  },
  "network ls": {
    about: `Lists networks.`,
    examples: [["Those of users", "hull network ls --filter type=custom"]],
    also: ["networks", "filters", "formats"],
  },
  "network inspect": {
    about: `Shows networks with their subnets and who is on them.`,
    examples: [["Who is on it", "hull network inspect -f '{{range .Containers}}{{.Name}} {{end}}' shop"]],
    also: ["networks", "formats"],
  },
  "network connect": {
    about: `Puts a container on one more network, also while it runs.`,
    examples: [["With another name there", "hull network connect --alias database shop db"]],
    also: ["networks", "network disconnect"],
  },
  "network disconnect": {
    about: `Takes a container off a network.`,
    examples: [["Take it off", "hull network disconnect shop db"]],
    also: ["networks"],
  },
  "network rm": {
    about: `Removes networks nobody is on.`,
    examples: [["Remove", "hull network rm shop"]],
    also: ["network prune"],
  },
  "network prune": {
    about: `Removes networks no container uses, after asking.`,
    examples: [["Without asking", "hull network prune -f"]],
    also: ["filters"],
  },
  "network check": {
    about: `Compares the networks on record with what the kernel has, and repairs what differs. Only Hull's engine can.`,
    examples: [["Look and repair", "hull network check"]],
    also: ["engine check"],
  },
  "port-forward": {
    about: `Opens ports on this machine that lead into a container, published or not, as long as the command runs.`,
    examples: [
      ["One port", "hull port-forward web 8080:80"],
      ["Any free one", "hull port-forward db :5432"],
    ],
    also: ["ports", "tunnel"],
  },
  tunnel: {
    about: `Opens a port on this machine that leads to a container on another machine, over ssh.`,
    examples: [["Reach it", "hull tunnel user@vm web:80"]],
    also: ["ports", "contexts"],
  },
  "publish add": {
    about: `Publishes one more port of a container while it runs.`,
    examples: [["Only for this machine", "hull publish add web 127.0.0.1:8080:80"]],
    also: ["ports", "publish ls"],
  },
  "publish rm": {
    about: `Takes a published port back while the container runs.`,
    examples: [["Take it back", "hull publish rm web 8080"]],
    also: ["ports"],
  },
  "publish ls": { about: `Lists published ports.`, examples: [["All", "hull publish ls"]], also: ["ports"] },
  "publish audit": {
    about: `Tells from where each published port can be reached: this machine, the local network, anywhere.`,
    examples: [["Who gets in", "hull publish audit"]],
    also: ["ports"],
  },
  "volume create": {
    about: `Makes a volume: a folder kept by the engine that outlives containers. run -v NAME:/path makes it by itself.`,
    examples: [
      ["With a name", "hull volume create data"],
      ["On a server", "hull volume create -o type=nfs -o o=addr=10.0.0.5,rw -o device=:/export/data data"],
    ],
    also: ["volumes"],
  },
  "volume ls": {
    about: `Lists volumes.`,
    examples: [["Those nobody uses", "hull volume ls -f dangling=true"]],
    also: ["volumes", "filters", "formats"],
  },
  "volume inspect": {
    about: `Shows volumes, with the place of their files.`,
    examples: [["Where it is", "hull volume inspect -f '{{.Mountpoint}}' data"]],
    also: ["volumes"],
  },
  "volume rm": {
    about: `Removes volumes with all that is in them. One a container uses, even a stopped one, stays.`,
    examples: [["Remove", "hull volume rm data"]],
    also: ["volume prune"],
  },
  "volume update": {
    about: `Changes a volume of a cluster. Hull works on one machine, and says so.`,
    examples: [["On an engine that has a cluster", "hull volume update --availability drain data"]],
    also: ["volumes"],
  },
  "volume prune": {
    about: `Removes volumes without a name no container uses; with --all those with a name too. Asks first.`,
    examples: [["All of them", "hull volume prune -a"]],
    also: ["volumes", "system df"],
  },
};
