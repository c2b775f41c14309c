import type { Manuals } from "./manuals.ts";

/** Commands that start processes in containers and talk to them. */
export const processManuals: Manuals = {
  "container run": {
    about: `Makes a container from an image and starts it. An image that is not on this machine is pulled first. What stands behind IMAGE is the command to run inside, with flags of its own; without one the image's own command is run.

In the foreground, output and signals are passed on and the exit code is the process's. 125 means that the engine could not do it, 126 that the command could not be executed, 127 that it was not found. With --detach the id is printed and the container goes on by itself.`,
    examples: [
      ["A shell in a container that is gone afterwards", "hull run -it --rm busybox"],
      [
        "A web server in the background, reached at http://localhost:8080",
        "hull run -d --name web -p 8080:80 nginx",
      ],
      [
        "A folder of this machine, with the user's own id",
        'hull run --rm -v "$PWD":/work -w /work -u "$(id -u):$(id -g)" busybox ls -l',
      ],
      ["Data that outlives the container", "hull run -d --name db -v data:/var/lib/postgresql/data postgres"],
      ["At most half a gigabyte and one and a half CPUs", "hull run --rm -m 512m --cpus 1.5 busybox true"],
      [
        "A variable of this shell, and a file full of them",
        "hull run --rm -e TERM --env-file .env busybox env",
      ],
      [
        "Started again when it fails, five times at most",
        "hull run -d --restart on-failure:5 busybox sh -c 'exit 1'",
      ],
    ],
    also: ["networks", "ports", "volumes", "restart", "detach", "exit-codes"],
  },
  "container create": {
    about: `Makes a container and prints its id, without starting it. The flags are those of run. Useful when files are to be copied in before the first start.`,
    examples: [
      [
        "Make, fill and start",
        "hull create --name web nginx\nhull cp index.html web:/usr/share/nginx/html/\nhull start web",
      ],
    ],
    also: ["run", "start", "cp"],
  },
  "container start": {
    about: `Starts containers that were made or have stopped; they keep their files, names, addresses and ports. With --attach output and signals are passed on until the process ends, and its exit code is given.`,
    examples: [
      ["Start several", "hull start db web"],
      ["Start one and talk to it", "hull start -ai shell"],
    ],
    also: ["stop", "restart", "detach"],
  },
  "container exec": {
    about: `Runs another process in a running container: same files, network and limits. It ends with the container. The exit code is the process's; 126 means that it could not be executed, 127 that it was not found.`,
    examples: [
      ["A shell in a running container", "hull exec -it web sh"],
      ["One command as another user, elsewhere", "hull exec -u root -w /tmp web ls -la"],
      ["A variable for this process alone", "hull exec -e DEBUG=1 web env"],
    ],
    also: ["attach", "exit-codes", "detach"],
  },
  "container attach": {
    about: `Connects this terminal to the main process of a running container. Ctrl-P Ctrl-Q leaves it running (--detach-keys or detachKeys in config.json choose others). Ctrl-C goes to the process, unless --sig-proxy=false.`,
    examples: [
      ["Watch and type", "hull attach web"],
      ["Only watch; Ctrl-C ends the watching", "hull attach --no-stdin --sig-proxy=false web"],
    ],
    also: ["logs", "detach"],
  },
  "container logs": {
    about: `Shows what a container has written to standard output and standard error, on the same two streams. --since and --until take times (2026-01-31T15:04:05) or ages (10m).`,
    examples: [
      ["The last hundred lines, and what follows", "hull logs -f -n 100 web"],
      ["The last ten minutes with times", "hull logs -t --since 10m web"],
      ["Only errors", "hull logs web 2>&1 >/dev/null"],
      ["Several, in the order of time", "hull logs -f web db"],
      ["A whole Compose project, also what joins it later", "hull logs -f --project shop"],
    ],
    also: ["attach", "events"],
  },
  "container cp": {
    about: `Copies files and folders between a container, running or not, and this machine. The copy of a folder has its name when the target is there, and the target's name when it is not; SRC/. means what is inside. - is a tar archive on standard input or output.`,
    examples: [
      ["Into a container", "hull cp nginx.conf web:/etc/nginx/"],
      ["Out of one", "hull cp web:/var/log ./log"],
      ["As an archive", "hull cp web:/etc - | tar t"],
    ],
    also: ["export", "diff"],
  },
  "container wait": {
    about: `Waits until the containers stop, and prints the exit code of each on a line.`,
    examples: [["Start, wait, tell", "hull run -d --name job busybox sleep 3\nhull wait job"]],
    also: ["exit-codes"],
  },
  "container export": {
    about: `Writes all files of a container as one tar archive: without history, volumes or configuration. import makes an image of it again; save keeps the layers of an image.`,
    examples: [
      ["To a file", "hull export -o web.tar web"],
      ["Look inside", "hull export web | tar tv | less"],
    ],
    also: ["import", "save", "cp"],
  },
};
