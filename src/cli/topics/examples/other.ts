import type { Manuals } from "./manuals.ts";

/** Commands about the engine, contexts and the program itself. */
export const otherManuals: Manuals = {
  inspect: {
    about: `Shows everything the engine knows about containers, images, volumes and networks by name or id; --type says which is meant.`,
    examples: [
      ["The whole", "hull inspect web"],
      ["Its address", "hull inspect -f '{{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}' web"],
      ["A volume of the same name", "hull inspect --type volume web"],
      ["The command that would make it again", "hull inspect --as run web"],
      ["A Compose file, or a Pod, of it", "hull inspect --as compose web"],
    ],
    also: ["formats"],
  },
  "system info": {
    about: `Shows what the engine is, what it runs on, and what this program is set to.`,
    examples: [["One thing", "hull info -f '{{.Driver}}'"]],
    also: ["version", "formats"],
  },
  version: {
    about: `Shows the versions of this program and of the engine.`,
    examples: [["The engine's API", "hull version -f '{{.Server.APIVersion}}'"]],
    also: ["info"],
  },
  "system events": {
    about: `Prints what happens on the engine as it happens: starts, ends, pulls, and so on. With --since what has happened comes first.`,
    examples: [
      ["Ends of containers", "hull events -f type=container -f event=die"],
      ["The last hour, then stop", "hull events --since 1h --until 0s"],
    ],
    also: ["filters", "formats"],
  },
  "system df": {
    about: `Shows how much disk images, containers, volumes and the build cache use, and how much could be won back.`,
    examples: [["Each one, and the engine's folder as du counts it", "hull system df -v"]],
    also: ["system prune"],
  },
  "system prune": {
    about: `Removes stopped containers, networks nobody uses, images without a name and unused build cache; with --all unused images too, with --volumes unnamed volumes too. Asks first.`,
    examples: [
      ["Older than a day", "hull system prune --filter until=24h"],
      ["All that is not in use", "hull system prune -a --volumes"],
      ["What would go, and how large it is", "hull system prune -a --dry-run"],
    ],
    also: ["system df", "filters"],
  },
  "system dial-stdio": {
    about: `Connects standard input and output to the engine. The other end of ssh:// calls it; nobody else needs to.`,
    examples: [["By hand", "printf 'GET /_ping HTTP/1.0\\r\\n\\r\\n' | hull system dial-stdio"]],
    also: ["contexts"],
  },
  "context create": {
    about: `Keeps the address of an engine under a name.`,
    examples: [
      ["Over ssh", "hull context create vm --docker host=ssh://user@vm"],
      [
        "Over TLS",
        "hull context create prod --docker host=tcp://prod:2376,ca=ca.pem,cert=cert.pem,key=key.pem",
      ],
    ],
    also: ["contexts"],
  },
  "context ls": {
    about: `Lists contexts; a star marks the one in use.`,
    examples: [["Names", "hull context ls -q"]],
    also: ["contexts"],
  },
  "context use": {
    about: `Uses this engine from now on, in every shell. DOCKER_HOST, DOCKER_CONTEXT and flags still win.`,
    examples: [
      ["There", "hull context use vm"],
      ["And back", "hull context use default"],
    ],
    also: ["contexts"],
  },
  "context show": {
    about: `Prints the name of the context in use: for prompts and scripts.`,
    examples: [["In a prompt", "PS1='[$(hull context show)] $ '"]],
    also: ["contexts"],
  },
  "context inspect": {
    about: `Shows contexts in full; without a name the one in use.`,
    examples: [["Its address", "hull context inspect -f '{{.Endpoints.docker.Host}}' vm"]],
    also: ["contexts"],
  },
  "context update": {
    about: `Changes a context.`,
    examples: [["Another address", "hull context update vm --docker host=ssh://user@vm2"]],
    also: ["contexts"],
  },
  "context rm": {
    about: `Removes contexts; the one in use only with --force.`,
    examples: [["Remove", "hull context rm vm"]],
    also: ["contexts"],
  },
  "context export": {
    about: `Writes a context, certificates and keys too, into an archive for another machine.`,
    examples: [["Take it along", "hull context export prod prod.dockercontext"]],
    also: ["context import"],
  },
  "context import": {
    about: `Reads a context from an archive that export wrote, here or with docker.`,
    examples: [["Take it in", "hull context import prod prod.dockercontext"]],
    also: ["context export"],
  },
  engine: {
    about: `Runs the engine in the foreground; it logs to standard error. SIGHUP reads the configuration again, SIGTERM ends it. Containers go on running either way, and the next engine finds them.`,
    examples: [
      ["As root", "hull engine"],
      [
        "A second one beside it",
        "hull engine -H unix:///tmp/two.sock --data-root /tmp/two/data --exec-root /tmp/two/exec --pidfile /tmp/two/pid --bridge two0 --bip 10.99.0.1/24",
      ],
    ],
    also: ["engine check", "environment"],
  },
  "engine check": {
    about: `Compares what the engine has on record with this machine, and names what was left behind or lost.`,
    examples: [["Look", "hull engine check"]],
    also: ["network check"],
  },
  help: {
    about: `Shows the page of a command or a topic; without a word the list of both. On a terminal long pages go through PAGER.`,
    examples: [
      ["A command", "hull help container ls"],
      ["A topic", "hull help ports"],
    ],
  },
  "completion bash": {
    about: `Prints the completion for bash. It needs the package bash-completion no more than bash itself.`,
    examples: [
      ["In this shell", "source <(hull completion bash)"],
      [
        "In every shell",
        "mkdir -p ~/.local/share/bash-completion/completions\nhull completion bash > ~/.local/share/bash-completion/completions/hull",
      ],
    ],
  },
  "completion zsh": {
    about: `Prints the completion for zsh.`,
    examples: [
      ["In this shell", "source <(hull completion zsh)"],
      ["In every shell, where ~/.zfunc is in fpath", "hull completion zsh > ~/.zfunc/_hull"],
    ],
  },
  "completion fish": {
    about: `Prints the completion for fish.`,
    examples: [
      ["In this shell", "hull completion fish | source"],
      ["In every shell", "hull completion fish > ~/.config/fish/completions/hull.fish"],
    ],
  },
};
