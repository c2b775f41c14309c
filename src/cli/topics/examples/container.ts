import type { Manuals } from "./manuals.ts";

/** Commands about containers and their state. */
export const containerManuals: Manuals = {
  "container ls": {
    about: `Lists running containers, newest first; --all lists stopped ones too.`,
    examples: [
      ["All, also stopped ones", "hull ps -a"],
      ["Those of a label, only ids", "hull ps -q --filter label=app=shop"],
      ["Columns of one's own", "hull ps --format 'table {{.Names}}\\t{{.Status}}\\t{{.Ports}}'"],
      ["Remove all that have ended", "hull rm $(hull ps -aq -f status=exited)"],
    ],
    also: ["filters", "formats", "why"],
  },
  "container stop": {
    about: `Asks the process to end (SIGTERM, or the image's stop signal), and kills it when it has not after ten seconds (--timeout). A container stopped so is not restarted by its policy.`,
    examples: [
      ["Stop two", "hull stop web db"],
      ["Give it a minute", "hull stop -t 60 db"],
      ["Stop everything", "hull stop $(hull ps -q)"],
    ],
    also: ["kill", "restart", "exit-codes"],
  },
  "container restart": {
    about: `Stops containers as stop does, and starts them again: same files, addresses and ports.`,
    examples: [["At once", "hull restart -t 0 web"]],
    also: ["restart", "update"],
  },
  "container kill": {
    about: `Sends a signal to the main process: SIGKILL, or the one given by --signal. Nothing is waited for.`,
    examples: [
      ["End it now", "hull kill web"],
      ["Make it read its configuration again", "hull kill -s HUP web"],
    ],
    also: ["stop", "exit-codes"],
  },
  "container rm": {
    about: `Removes stopped containers with the files they have written; volumes with a name stay. --force kills running ones first, --volumes removes volumes without a name too.`,
    examples: [
      ["A running one and its unnamed volumes", "hull rm -fv web"],
      ["All stopped ones", "hull container prune"],
    ],
    also: ["container prune", "volumes"],
  },
  "container prune": {
    about: `Removes all stopped containers, after asking.`,
    examples: [["Those stopped for a day, without asking", "hull container prune -f --filter until=24h"]],
    also: ["system prune", "filters"],
  },
  "container inspect": {
    about: `Shows everything the engine knows about containers, as JSON or through a template.`,
    examples: [
      [
        "Its address",
        "hull container inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}' web",
      ],
      ["Its state as JSON", "hull container inspect -f '{{json .State}}' web"],
    ],
    also: ["formats", "inspect"],
  },
  "container top": {
    about: `Shows the processes of a container as ps of this machine sees them. Without a container Hull shows all containers live, on the whole screen.`,
    examples: [
      ["Processes", "hull top web"],
      ["Other columns", "hull top web -o pid,rss,etime,cmd"],
      ["All containers, live; ? shows the keys", "hull top"],
    ],
    also: ["stats"],
  },
  "container stats": {
    about: `Shows CPU, memory, network and disk use of running containers, once a second.`,
    examples: [
      ["Once, for scripts", "hull stats --no-stream --format '{{.Name}} {{.MemUsage}}'"],
      ["Two of them, live", "hull stats web db"],
    ],
    also: ["top", "update", "formats"],
  },
  "container port": {
    about: `Shows where ports of a container are published on this machine.`,
    examples: [["One port", "hull port web 80/tcp"]],
    also: ["ports", "publish add"],
  },
  "container rename": {
    about: `Gives a container another name, also while it runs.`,
    examples: [["Keep the old one aside", "hull rename web web-old"]],
  },
  "container update": {
    about: `Changes limits and the restart policy of containers, running or not, without a restart.`,
    examples: [
      ["More memory", "hull update -m 1g --memory-swap 1g db"],
      ["Start again whatever happens", "hull update --restart unless-stopped web db"],
    ],
    also: ["restart", "stats"],
  },
  "container pause": {
    about: `Freezes all processes of containers: they keep their memory and get no CPU. unpause lets them go on.`,
    examples: [["Hold still for a copy", "hull pause db\nhull cp db:/data ./copy\nhull unpause db"]],
    also: ["unpause"],
  },
  "container unpause": {
    about: `Lets processes go on that pause has frozen.`,
    examples: [["Go on", "hull unpause db"]],
    also: ["pause"],
  },
  "container diff": {
    about: `Lists files a container has added (A), changed (C) or deleted (D) since it was made.`,
    examples: [
      ["What was written", "hull diff web"],
      ["And how large it is", "hull diff --size web"],
    ],
    also: ["commit", "cp", "export"],
  },
  "container commit": {
    about: `Makes an image of a container's files as they are now, with its configuration; --change alters it in words of a Dockerfile. A Dockerfile is better where the steps are to be repeated.`,
    examples: [
      ["With another command", `hull commit -c 'CMD ["nginx", "-g", "daemon off;"]' web shop/web:tried`],
    ],
    also: ["build", "diff"],
  },
  why: {
    about: `Explains why a container does not run, restarts, or is unhealthy: exit code and signal in words, memory, the last lines it wrote, what its health check said, a missing file or library, a taken port, what it depends on. Ends with what to type next.`,
    examples: [
      ["Ask", "hull why web"],
      ["For programs", "hull why --format json web"],
    ],
    also: ["logs", "exit-codes", "restart"],
  },
};
